import { SOCKET_FILTER } from './frame-filter.js'
import { PERL_COUNT, PYTHON_COUNT } from './packet-listeners.js'

/**
 * As packet-listeners.ts, for a capture that lasts: frames lie in a ring that is shared with the kernel (TPACKET_V3, linux/if_packet.h),
 * and each block of it is written to stdout as it is, behind the header of pcap: what a frame costs is the kernel's, and ring-blocks.ts makes
 * pcap of it. Arguments: the interface's index, bytes kept of a frame, 1 to hear all groups, ms that a block waits for more frames;
 * perl's: the numbers of the system calls mmap, read and write. They end when their stdin does, once they have written what is left;
 * then, and when a `?` comes on stdin, they print `N packets dropped by kernel`, of all the time.
 * Numbers beside those of packet-listeners.ts: 263 SOL_PACKET (5 PACKET_RX_RING, 10 PACKET_VERSION with 2 TPACKET_V3), 1 SOL_SOCKET
 * (4 SO_ERROR), 3 PROT_READ|PROT_WRITE, 1 MAP_SHARED; the status of a block lies 8 bytes into it and its length 20, bit 1 says that it is ours.
 */

/** Some 29,000 ARP frames: 0.14 s of 200,000 frames/s. */
const [BLOCK_BYTES, BLOCKS] = [65_536, 64]
/** What a block may be cut into; of no use in this version but to be asked for. */
const FRAME_BYTES = 2048
const FRAMES = (BLOCK_BYTES / FRAME_BYTES) * BLOCKS

/** perl-base has no mmap: `unpack P` reads what lies at an address, and reading 4 bytes of /dev/zero to it hands a block back. */
export const PERL_RING_LISTENER = String.raw`
my ($index, $snap, $groups, $lull, $mmap, $read, $write) = map { $_ + 0 } @ARGV;
socket(my $s, 17, 3, 0) or die "socket: $!\n";
my @filter = (${SOCKET_FILTER.join()});
my $filter = pack('(S C C L)*', @filter);
setsockopt($s, 1, 26, pack('S x![P] P', @filter / 4, $filter)) or die "filter: $!\n";
my ($block, $blocks) = (${BLOCK_BYTES}, ${BLOCKS});
setsockopt($s, 263, 10, pack('i', 2)) or die "ring: $!\n";
setsockopt($s, 263, 5, pack('L7', $block, $blocks, ${FRAME_BYTES}, ${FRAMES}, $lull, 0, 0)) or die "ring: $!\n";
my $fd = fileno $s;
my $ring = syscall($mmap, 0, $block * $blocks, 3, 1, $fd, 0);
$ring != -1 or die "ring: $!\n";
open(my $zeros, '<', '/dev/zero') or die "/dev/zero: $!\n";
my $zero = fileno $zeros;
bind($s, pack('S n i S C C a8', 17, 3, $index, 0, 0, 0, '')) or die "bind: $!\n";
!$groups || setsockopt($s, 263, 1, pack('i S S a8', $index, 2, 0, '')) or die "groups: $!\n";

sub put {
  my ($from, $left) = @_;
  while ($left > 0) {
    my $wrote = syscall($write, 1, $from, $left);
    if ($wrote < 0) {
      next if $! == 4;
      exit 0;
    }
    ($from, $left) = ($from + $wrote, $left - $wrote);
  }
}

my $next = 0;
sub drain {
  for (1 .. $blocks) {
    my $at = $ring + $next * $block;
    my ($status, undef, undef, $length) = unpack('x8 L4', unpack('P24', pack('J', $at)));
    return unless $status & 1;
    put($at, $length);
    syscall($read, $zero, $at + 8, 4) == 4 or die "/dev/zero: $!\n";
    $next = ($next + 1) % $blocks;
  }
}

${PERL_COUNT}

my $header = pack('L S S l L L L', 0xa1b2c3d4, 2, 4, 0, 0, $snap, 1);
syswrite(STDOUT, $header) == length $header or exit 0;
for (my $ended = 0; !$ended;) {
  my $ready = '';
  vec($ready, $_, 1) = 1 for 0, $fd;
  next if select($ready, undef, undef, undef) < 0;
  if (vec($ready, 0, 1)) {
    $ended = !sysread(STDIN, my $said, 512);
    count() if !$ended && $said =~ /\?/;
  }
  drain();
  $! = unpack('i', getsockopt($s, 1, 4)) and die "$!\n";
}
for (1, 2) {
  select(undef, undef, undef, $lull / 1000);
  drain();
}
count();
`

export const PYTHON_RING_LISTENER = `
import ctypes, mmap, os, select, socket, struct, sys, time
index, snap, groups, lull = map(int, sys.argv[1:])
steps = [${SOCKET_FILTER.join()}]
code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *steps[at:at + 4]) for at in range(0, len(steps), 4)))
BLOCK, BLOCKS = ${BLOCK_BYTES}, ${BLOCKS}
try:
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    s.setsockopt(1, 26, struct.pack("HP", len(steps) // 4, ctypes.addressof(code)))
    s.setsockopt(263, 10, 2)
    s.setsockopt(263, 5, struct.pack("7I", BLOCK, BLOCKS, ${FRAME_BYTES}, ${FRAMES}, lull, 0, 0))
    ring = mmap.mmap(s.fileno(), BLOCK * BLOCKS)
    s.bind((socket.if_indextoname(index), 3))
    if groups:
        s.setsockopt(263, 1, struct.pack("iHH8s", index, 2, 0, b""))
except OSError as e:
    sys.exit("socket: " + e.strerror)
view = memoryview(ring)

def put(bytes):
    while bytes:
        bytes = bytes[os.write(1, bytes):]

following = 0

def drain():
    global following
    for _ in range(BLOCKS):
        at = following * BLOCK
        status, _, _, length = struct.unpack_from("4I", view, at + 8)
        if not status & 1:
            return
        put(view[at:at + length])
        struct.pack_into("I", view, at + 8, 0)
        following = (following + 1) % BLOCKS

${PYTHON_COUNT}

try:
    put(struct.pack("IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, snap, 1))
    ended = False
    while not ended:
        ready, _, _ = select.select([0, s], [], [])
        if 0 in ready:
            said = os.read(0, 512)
            ended = not said
            if b"?" in said:
                count()
        drain()
        error = s.getsockopt(1, 4)
        if error:
            sys.exit(os.strerror(error))
    for _ in range(2):
        time.sleep(lull / 1000)
        drain()
except BrokenPipeError:
    sys.exit(0)
except OSError as e:
    sys.exit(e.strerror)
count()
`
