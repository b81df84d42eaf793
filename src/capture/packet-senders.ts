/**
 * Programs that send frames from an AF_PACKET socket without promiscuous mode (docs/adr/0001-sending-without-promiscuity.md).
 * Arguments: the interface's index; where given, seconds without a line on stdin after which it ends; where given, a word that has it
 * hear ARP replies to the interface. They print `ready`, then send hex frames, one a line on stdin, and `failed REASON` for each that the
 * kernel refused; an empty line is a sign of life. Protocol 0: such a socket receives nothing; each frame goes out as what its EtherType says.
 *
 * `?SECONDS HEX`, of one that hears, is an ARP probe to one host. It is sent only if that host has replied since the last request for the
 * address to it, and the last request for the address was at most so long ago; else `withheld` is printed.
 */

/** perl-base, without any module: part of every Debian and Ubuntu. 17 is AF_PACKET, 3 SOCK_RAW; then struct sockaddr_ll. */
export const PERL_SENDER = String.raw`
$| = 1;
socket(my $s, 17, 3, 0) or die "socket: $!\n";
my $patience = $ARGV[1] || 0;
my ($replies, %replied, %asked);
if (defined $ARGV[2]) {
  socket($replies, 17, 3, unpack('S', "\x08\x06")) or die "socket: $!\n";
  bind($replies, pack('S a2 i S C C a8', 17, "\x08\x06", $ARGV[0], 0, 0, 0, '')) or die "socket: $!\n";
}
sub hear {
  while (defined recv($replies, my $f, 64, 0x40)) {
    next if length $f < 42 || substr($f, 20, 2) ne "\0\2" || !$asked{substr($f, 28, 4)};
    $replied{substr($f, 28, 4) . substr($f, 22, 6)} = substr($f, 0, 6);
  }
}
sub may_go {
  my ($frame, $within) = @_;
  my ($target, $host, $us) = (substr($frame, 38, 4), substr($frame, 0, 6), substr($frame, 6, 6));
  hear();
  return time - ($asked{$target} || 0) <= $within && ($replied{$target . $host} || '') eq $us if defined $within;
  $asked{$target} = time;
  if ($host eq "\xff" x 6) { %replied = () } else { delete $replied{$target . $host} }
  return 1;
}
alarm $patience;
print "ready\n";
while (<STDIN>) {
  alarm $patience;
  chomp;
  next if $_ eq '';
  my $within = s/^\?(\d+) // ? $1 : undef;
  my $frame = pack('H*', $_);
  if (substr($frame, 12, 2) eq "\x08\x06" && $replies && !may_go($frame, $within)) { print "withheld\n"; next }
  my $to = pack('S a2 i S C C a8', 17, substr($frame, 12, 2), $ARGV[0], 1, 0, 6, '');
  defined send($s, $frame, 0, $to) or print "failed $!\n";
}
`

export const PYTHON_SENDER = String.raw`
import signal, socket, sys, time
patience = int((sys.argv + [0])[2])
try:
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    device = socket.if_indextoname(int(sys.argv[1]))
    s.bind((device, 0))
    replies = None
    if len(sys.argv) > 3:
        replies = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0806))
        replies.bind((device, 0x0806))
        replies.setblocking(False)
except OSError as e:
    sys.exit("socket: " + e.strerror)
replied, asked = {}, {}
def hear():
    try:
        while True:
            f = replies.recv(64)
            if len(f) >= 42 and f[28:32] in asked and f[20:22] == b"\0\2":
                replied[f[28:32] + f[22:28]] = f[:6]
    except BlockingIOError:
        pass
def may_go(frame, within):
    target, host, us = frame[38:42], frame[:6], frame[6:12]
    hear()
    if within is not None:
        return time.time() - asked.get(target, 0) <= within and replied.get(target + host) == us
    asked[target] = time.time()
    if host == b"\xff" * 6:
        replied.clear()
    else:
        replied.pop(target + host, None)
    return True
signal.alarm(patience)
print("ready", flush=True)
for line in sys.stdin:
    signal.alarm(patience)
    within = None
    if line.startswith("?"):
        within, line = line[1:].split(" ", 1)
        within = int(within)
    frame = bytes.fromhex(line)
    if frame[12:14] == b"\x08\x06" and replies and not may_go(frame, within):
        print("withheld", flush=True)
        continue
    try:
        if frame:
            s.sendto(frame, (device, int.from_bytes(frame[12:14], "big")))
    except OSError as e:
        print("failed " + e.strerror, flush=True)
`
