/**
 * Programs that send frames from an AF_PACKET socket without promiscuous mode (docs/adr/0001-sending-without-promiscuity.md).
 * Argument: the interface's index. They print `ready`, then send hex frames, one a line on stdin, and `failed REASON` for
 * each that the kernel refused. Protocol 0: such a socket receives nothing.
 */

/** perl-base, without any module: part of every Debian and Ubuntu. 17 is AF_PACKET, 3 SOCK_RAW; then struct sockaddr_ll. */
export const PERL_SENDER = String.raw`
$| = 1;
socket(my $s, 17, 3, 0) or die "socket: $!\n";
my $to = pack('S n i S C C a8', 17, 0x0806, $ARGV[0], 1, 0, 6, '');
print "ready\n";
while (<STDIN>) { chomp; defined send($s, pack('H*', $_), 0, $to) or print "failed $!\n" }
`

export const PYTHON_SENDER = `
import socket, sys
try:
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    s.bind((socket.if_indextoname(int(sys.argv[1])), 0))
except OSError as e:
    sys.exit("socket: " + e.strerror)
print("ready", flush=True)
for line in sys.stdin:
    try:
        s.send(bytes.fromhex(line))
    except OSError as e:
        print("failed " + e.strerror, flush=True)
`
