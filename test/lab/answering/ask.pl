# Sends requests and prints what comes back: `perl ask.pl WAIT_MS ETHERTYPE < FRAMES`, in a namespace of its own.
# FRAMES: lines of `INTERFACE HEX`; printed: `INTERFACE HEX MICROSECONDS` for each frame of that type received, and `sent NUMBER
# MICROSECONDS` for each frame of FRAMES, times since the program began. Sends every millisecond, listens on every interface until WAIT_MS after the last frame.
use strict;
use warnings;
use Errno;
use Time::HiRes qw(time);

use constant { AF_PACKET => 17, SOCK_RAW => 3, SO_RCVBUFFORCE => 33 };
my $wait = $ARGV[0] / 1000;
my $type = hex $ARGV[1];
my @frames = map { [split ' '] } <STDIN>;
my (%index, %name);
for my $path (glob '/sys/class/net/*/ifindex') {
  my ($interface) = $path =~ m{net/([^/]+)/};
  open my $file, '<', $path or next;
  chomp($index{$interface} = <$file>);
  $name{$index{$interface}} = $interface;
}
# with protocol 0 it receives nothing until it is bound
socket my $socket, AF_PACKET, SOCK_RAW, 0 or die "socket: $!";
setsockopt $socket, 1, SO_RCVBUFFORCE, pack('i', 8 << 20);
bind $socket, pack('SnISCCa8', AF_PACKET, $type, 0, 0, 0, 0, '') or die "bind: $!";
my $start = time;
my $until = $start + $wait;
my ($next, @out) = (0);
while (1) {
  my $now = time;
  if ($next < @frames && $now >= $start + $next / 1000) {
    my ($interface, $hex) = @{$frames[$next]};
    my $to = pack 'SnISCCa8', AF_PACKET, $type, $index{$interface} // die("no interface $interface"), 1, 0, 6, '';
    if (send $socket, pack('H*', $hex), 0, $to) {
      push @out, sprintf "sent %d %d\n", $next++, ($now - $start) * 1e6;
      $until = time + $wait;
    } else {
      # the receiver's backlog is full: the frame was not sent yet
      $!{ENOBUFS} or die "send on $interface: $!";
      Time::HiRes::sleep(0.001);
    }
  }
  my $left = $next < @frames ? $start + $next / 1000 - time : $until - time;
  last if $next >= @frames && $left <= 0;
  my $ready = '';
  vec($ready, fileno $socket, 1) = 1;
  next if select($ready, undef, undef, $left > 0 ? $left : 0) < 1;
  my $from = recv $socket, my $frame, 2048, 0;
  my (undef, undef, $on) = unpack 'SnI', $from;
  push @out, sprintf "%s %s %d\n", $name{$on} // '?', unpack('H*', $frame), (time - $start) * 1e6;
}
print @out;
