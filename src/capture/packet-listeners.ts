import { SOCKET_FILTER } from './frame-filter.js'

/**
 * Programs that listen on an AF_PACKET socket without promiscuous mode and write pcap to stdout until their stdin ends: for
 * machines where tcpdump cannot run, as where CAP_NET_RAW is all there is. Arguments: the interface's index, bytes kept of a
 * frame, 1 to hear all groups (groups.ts; the kernel undoes it when the socket closes); perl's: the number of the system call
 * recvmsg too; where it is given: seconds without a byte on stdin after which it ends. The filter is that of frame-filter.ts; a tag that
 * the kernel took off comes with PACKET_AUXDATA and is put back. Times are the kernel's. At the end they read what is left, up to more
 * than the socket has room for; then, and when a `?` comes on stdin, they print `N packets dropped by kernel`, of all the time.
 * Numbers: 17 AF_PACKET, 3 SOCK_RAW and ETH_P_ALL, 263 SOL_PACKET (1 PACKET_ADD_MEMBERSHIP with 2 PACKET_MR_ALLMULTI,
 * 6 PACKET_STATISTICS, 8 PACKET_AUXDATA), 1 SOL_SOCKET (8 SO_RCVBUF, 26 SO_ATTACH_FILTER, 29 SO_TIMESTAMP), 0x40 MSG_DONTWAIT,
 * errno 4 EINTR and 11 EAGAIN.
 */

/** The kernel counts from the last time it was asked. */
export const PERL_COUNT = String.raw`my $dropped = 0;
sub count {
  $dropped += (unpack('L L', getsockopt($s, 263, 6)))[1];
  print STDERR "$dropped packets dropped by kernel\n";
}`
export const PYTHON_COUNT = `dropped = 0

def count():
    global dropped
    dropped += struct.unpack("II", s.getsockopt(263, 6, 8))[1]
    print("%d packets dropped by kernel" % dropped, file=sys.stderr, flush=True)`

/** perl-base has no recvmsg of its own. */
export const PERL_LISTENER = String.raw`
my ($index, $snap, $groups, $recvmsg, $patience) = (map({ $_ + 0 } @ARGV), 0);
alarm $patience;
socket(my $s, 17, 3, 0) or die "socket: $!\n";
my @filter = (${SOCKET_FILTER.join()});
my $filter = pack('(S C C L)*', @filter);
setsockopt($s, 1, 26, pack('S x![P] P', @filter / 4, $filter)) or die "filter: $!\n";
setsockopt($s, 1, 8, pack('i', 8 << 20));
setsockopt($s, 1, 29, pack('i', 1)) && setsockopt($s, 263, 8, pack('i', 1)) or die "options: $!\n";
bind($s, pack('S n i S C C a8', 17, 3, $index, 0, 0, 0, '')) or die "bind: $!\n";
!$groups || setsockopt($s, 263, 1, pack('i S S a8', $index, 2, 0, '')) or die "groups: $!\n";
my ($frame, $control) = ("\0" x $snap, "\0" x 256);
my $vector = pack('P Q', $frame, $snap);
my $message = pack('Q L x4 P Q P Q l x4', 0, 0, $vector, 1, $control, 256, 0);
my $fd = fileno $s;
my ($out, $ended) = (pack('L S S l L L L', 0xa1b2c3d4, 2, 4, 0, 0, $snap, 1), 0);

sub flush {
  while (length $out) {
    my $wrote = syswrite(STDOUT, $out);
    defined $wrote ? substr($out, 0, $wrote, '') : $! == 4 || exit 0;
  }
}

sub take {
  my ($length) = @_;
  my $size = unpack('Q', substr($message, 40, 8));
  my ($bytes, $seconds, $micros, $whole) = (substr($frame, 0, $length), 0, 0, $length);
  for (my $at = 0; $at + 16 <= $size;) {
    my ($bounds, $level, $type) = unpack('Q l l', substr($control, $at, 16));
    last if $bounds < 16;
    my $data = substr($control, $at + 16, $bounds - 16);
    ($seconds, $micros) = unpack('q q', $data) if $level == 1 && $type == 29;
    if ($level == 263 && $type == 8) {
      my ($status, $len, undef, undef, undef, $tci, $tpid) = unpack('L L L S S S S', $data);
      $whole = $len;
      if ($status & 0x10) {
        substr($bytes, 12, 0, pack('n n', $status & 0x40 ? $tpid : 0x8100, $tci));
        $whole += 4;
      }
    }
    $at += ($bounds + 7) & ~7;
  }
  $out .= pack('L L L L', $seconds, $micros, length $bytes, $whole) . $bytes;
}

${PERL_COUNT}

flush();
until ($ended) {
  my $ready = '';
  vec($ready, $_, 1) = 1 for 0, $fd;
  next if select($ready, undef, undef, undef) < 0;
  if (vec($ready, 0, 1)) {
    alarm $patience;
    $ended = !sysread(STDIN, my $said, 512);
    count() if !$ended && $said =~ /\?/;
  }
  for (1 .. ($ended ? 50_000 : 500)) {
    substr($message, 40, 8) = pack('Q', 256);
    my $length = syscall($recvmsg, $fd, $message, 0x40);
    if ($length < 0) {
      last if $! == 11 || $! == 4;
      flush();
      die "$!\n";
    }
    take($length);
  }
  flush();
}
count();
`

export const PYTHON_LISTENER = `
import ctypes, select, signal, socket, struct, sys
index, snap, groups, patience = (list(map(int, sys.argv[1:])) + [0])[:4]
signal.alarm(patience)
steps = [${SOCKET_FILTER.join()}]
code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *steps[at:at + 4]) for at in range(0, len(steps), 4)))
try:
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    s.setsockopt(1, 26, struct.pack("HP", len(steps) // 4, ctypes.addressof(code)))
    s.setsockopt(1, 8, 8 << 20)
    s.setsockopt(1, 29, 1)
    s.setsockopt(263, 8, 1)
    s.bind((socket.if_indextoname(index), 3))
    if groups:
        s.setsockopt(263, 1, struct.pack("iHH8s", index, 2, 0, b""))
except OSError as e:
    sys.exit("socket: " + e.strerror)
# sys.stdout writes each frame alone where PYTHONUNBUFFERED is set
out = open(1, "wb", 1 << 16, closefd=False)

def take():
    frame, controls, _, _ = s.recvmsg(snap, 256, 0x40)
    seconds, micros, whole = 0, 0, len(frame)
    for level, kind, data in controls:
        if (level, kind) == (1, 29):
            seconds, micros = struct.unpack("qq", data)
        elif (level, kind) == (263, 8):
            status, whole, _, _, _, tci, tpid = struct.unpack("IIIHHHH", data)
            if status & 0x10:
                frame = frame[:12] + struct.pack("!HH", tpid if status & 0x40 else 0x8100, tci) + frame[12:]
                whole += 4
    out.write(struct.pack("IIII", seconds, micros, len(frame), whole) + frame)

${PYTHON_COUNT}

try:
    out.write(struct.pack("IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, snap, 1))
    out.flush()
    ended = False
    while not ended:
        ready, _, _ = select.select([0, s], [], [])
        if 0 in ready:
            signal.alarm(patience)
            said = sys.stdin.buffer.read1(512)
            ended = not said
            if b"?" in said:
                count()
        try:
            for _ in range(50_000 if ended else 500):
                take()
        except BlockingIOError:
            pass
        out.flush()
except BrokenPipeError:
    sys.exit(0)
except OSError as e:
    out.flush()
    sys.exit(e.strerror)
count()
`
