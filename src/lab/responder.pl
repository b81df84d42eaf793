#!/usr/bin/perl
# An ARP responder in user space, as MetalLB's and OpenELB's are (AF_PACKET, no address on the interface).
# It stands for announcers that the kernel cannot play: one that misses requests (a full queue, a lossy
# port, a CPU-starved pod), and one that answers beside the kernel of the same machine.
#   responder.pl INTERFACE IP [every=N] [skip=N] [copies=N] [probes=0|1]
# every=3 answers one broadcast in three, and one probe in three, skip=1 shifts which one; a unicast request is always answered.
use strict;
use warnings;
use Socket;

my ($interface, $ip, @rest) = @ARGV;
my %option = (every => 1, skip => 0, copies => 1, probes => 1, map { split /=/ } @rest);
my $ETH_P_ARP = 0x0806;

socket(my $socket, 17, SOCK_RAW, unpack('S', pack('n', $ETH_P_ARP))) or die "AF_PACKET socket: $!\n";
my $index = slurp("/sys/class/net/$interface/ifindex");
bind($socket, pack('S n l S C C a8', 17, $ETH_P_ARP, $index, 0, 0, 0, '')) or die "bind to $interface: $!\n";
my $mac = pack('H12', slurp("/sys/class/net/$interface/address") =~ s/[:\s]//gr);
my $vip = inet_aton($ip);
my %heard;
$| = 1;
print "answering for $ip\n";

while (defined recv($socket, my $frame, 2048, 0)) {
    my ($to, undef, $oper, $sha, $spa, $tpa) = unpack('a6 a6 x8 n a6 a4 x6 a4', $frame);
    next unless length $frame >= 42 && $oper == 1 && $tpa eq $vip && $spa ne $vip && $sha ne $mac;
    next if !$option{probes} && $spa eq "\0" x 4;
    next if $to eq "\xff" x 6 && ($heard{$spa eq "\0" x 4}++ + $option{skip}) % $option{every};
    my $reply = pack('a6 a6 n n n C C n a6 a4 a6 a4 x18', $sha, $mac, $ETH_P_ARP, 1, 0x0800, 6, 4, 2, $mac, $vip, $sha, $spa);
    send($socket, $reply, 0) for 1 .. $option{copies};
}

sub slurp {
    open my $file, '<', $_[0] or die "$_[0]: $!\n";
    return scalar <$file>;
}
