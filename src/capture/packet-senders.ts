/**
 * Programs that send frames from an AF_PACKET socket without promiscuous mode (docs/adr/0001-sending-without-promiscuity.md).
 * Arguments: the interface's index; where given, seconds without a line on stdin after which it ends. They print `ready`, then send hex
 * frames, one a line on stdin, and `failed REASON` for each that the kernel refused; an empty line is a sign of life. Protocol 0: such a
 * socket receives nothing; each frame goes out as what its EtherType says.
 */

/** perl-base, without any module: part of every Debian and Ubuntu. 17 is AF_PACKET, 3 SOCK_RAW; then struct sockaddr_ll. */
export const PERL_SENDER = String.raw`
$| = 1;
socket(my $s, 17, 3, 0) or die "socket: $!\n";
my $patience = $ARGV[1] || 0;
alarm $patience;
print "ready\n";
while (<STDIN>) {
  alarm $patience;
  chomp;
  next if $_ eq '';
  my $frame = pack('H*', $_);
  my $to = pack('S a2 i S C C a8', 17, substr($frame, 12, 2), $ARGV[0], 1, 0, 6, '');
  defined send($s, $frame, 0, $to) or print "failed $!\n";
}
`

export const PYTHON_SENDER = `
import signal, socket, sys
patience = int((sys.argv + [0])[2])
try:
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    device = socket.if_indextoname(int(sys.argv[1]))
    s.bind((device, 0))
except OSError as e:
    sys.exit("socket: " + e.strerror)
signal.alarm(patience)
print("ready", flush=True)
for line in sys.stdin:
    signal.alarm(patience)
    frame = bytes.fromhex(line)
    try:
        if frame:
            s.sendto(frame, (device, int.from_bytes(frame[12:14], "big")))
    except OSError as e:
        print("failed " + e.strerror, flush=True)
`
