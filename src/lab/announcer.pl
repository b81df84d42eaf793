#!/usr/bin/perl
# Answers neighbour solicitations for an IPv6 address that no interface holds, in user space. It stands for MetalLB's speaker and
# does as that was recorded (0.15.3): it answers what is sent to the group of the address, without the override flag, and neither a
# solicitation to the address itself nor one from ::.
#   announcer.pl INTERFACE IP
use strict;
use warnings;
use Socket qw(SOCK_RAW AF_INET6 inet_pton);

my ($interface, $ip) = @ARGV;
my $ETH_P_IPV6 = 0x86dd;
my $index = slurp("/sys/class/net/$interface/ifindex");
my $mac = pack('H12', slurp("/sys/class/net/$interface/address") =~ s/[:\s]//gr);
my $vip = inet_pton(AF_INET6, $ip);
# the link-local address that the kernel makes of the MAC
my $own = pack('H16', 'fe80000000000000') . (substr($mac, 0, 3) ^ "\x02\0\0") . "\xff\xfe" . substr($mac, 3);

socket(my $socket, 17, SOCK_RAW, unpack('S', pack('n', $ETH_P_IPV6))) or die "AF_PACKET socket: $!\n";
bind($socket, pack('S n l S C C a8', 17, $ETH_P_IPV6, $index, 0, 0, 0, '')) or die "bind to $interface: $!\n";
# SOL_PACKET, PACKET_ADD_MEMBERSHIP, PACKET_MR_ALLMULTI: it hears the group as a member of it does
setsockopt($socket, 263, 1, pack('l S S a8', $index, 2, 0, '')) or die "membership: $!\n";
$| = 1;
print "answering for $ip\n";

while (defined recv($socket, my $frame, 2048, 0)) {
    next unless length $frame >= 86;
    my ($from, $next, $source, $destination, $type, $target) = unpack('x6 a6 x8 C x a16 a16 C x7 a16', $frame);
    next unless $next == 58 && $type == 135 && $target eq $vip && $source ne "\0" x 16 && $from ne $mac;
    next unless substr($destination, 0, 1) eq "\xff";
    my $message = pack('C C n N a16 C C a6', 136, 0, 0, 0x40000000, $vip, 2, 1, $mac);
    substr($message, 2, 2) = pack('n', checksum($own . $source . pack('N N', length $message, 58) . $message));
    send($socket, $from . $mac . pack('n N n C C', $ETH_P_IPV6, 6 << 28, length $message, 58, 255) . $own . $source . $message, 0);
}

sub checksum {
    my $sum = 0;
    $sum += $_ for unpack('n*', $_[0]);
    $sum = ($sum & 0xffff) + ($sum >> 16) while $sum >> 16;
    return ~$sum & 0xffff;
}

sub slurp {
    open my $file, '<', $_[0] or die "$_[0]: $!\n";
    return scalar <$file>;
}
