#!/usr/bin/perl
# Stands for a speaker's memberlist socket: what counts for a diagnosis is who listens and whether packets pass.
#   memberlist.pl serve ADDRESS PORT   takes TCP connections and echoes UDP datagrams
#   memberlist.pl ask ADDRESS PORT     prints "tcp=0|1 udp=0|1": what came through within half a second each
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;

my ($mode, $address, $port) = @ARGV;
$mode eq 'serve' ? serve() : print 'tcp=', ask_tcp(), ' udp=', ask_udp(), "\n";

sub serve {
    my $tcp = IO::Socket::INET->new(LocalAddr => $address, LocalPort => $port, Proto => 'tcp', Listen => 5, ReuseAddr => 1)
        or die "tcp $address:$port: $@\n";
    my $udp = IO::Socket::INET->new(LocalAddr => $address, LocalPort => $port, Proto => 'udp') or die "udp $address:$port: $@\n";
    $| = 1;
    print "listening on $address:$port\n";
    my $both = IO::Select->new($tcp, $udp);
    while (my @ready = $both->can_read) {
        for (@ready) {
            if ($_ == $tcp) { close $tcp->accept }
            else { my $from = recv($udp, my $said, 64, 0); send($udp, $said, 0, $from) }
        }
    }
}

sub ask_tcp {
    return IO::Socket::INET->new(PeerAddr => $address, PeerPort => $port, Proto => 'tcp', Timeout => 0.5) ? 1 : 0;
}

# A datagram that a filter drops on its way out fails to send (EPERM); one dropped elsewhere is merely never answered.
sub ask_udp {
    my $socket = IO::Socket::INET->new(PeerAddr => $address, PeerPort => $port, Proto => 'udp') or return 0;
    return defined send($socket, 'ping', 0) && IO::Select->new($socket)->can_read(0.5) ? 1 : 0;
}
