import { PACKET_FILTERS } from './collect-filters.js'

/**
 * The collector: one POSIX sh script (dash, bash, busybox ash) that travels on stdin, so nothing is written on the
 * host and nothing of ours is interpolated into a command line. It only reads. Each probe is framed by lines that begin
 * with a mark the host cannot have foreseen, and says how it ended, so that one failure is one gap:
 *
 *     MARK begin NAME LIMIT
 *     …stdout, at most LIMIT bytes…
 *     MARK end NAME
 *     …stderr, at most 2000 bytes…
 *     MARK status N
 *     MARK done NAME
 */
const COLLECTOR = String.raw`
LC_ALL=C; export LC_ALL
PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin; export PATH
frames="
$mark hello"

flush() { printf '%s\n' "$frames"; frames=''; }

# One command, one frame, one write. It waits in $frames until the next begins, so what hangs keeps back nothing but itself.
probe() {
  flush
  frames=$(
    exec 3>&1
    begin "$1" "$2"
    name=$1 limit=$2; shift 2
    { { "$@" </dev/null 2>&4; printf '\n%s %s\n' "$mark" $? >&4; } | head -c "$limit" >&3; } 4>&1 | last_words
  )
}
# Reads stderr and the status. Head keeps this pipe open as well, so the output comes before the end.
last_words() {
  said='' status=141 count=0
  while [ $count -lt 10000 ] && IFS= read -r line; do
    count=$((count + 1))
    case $line in
      "$mark "*) set -- $line; status=$2 ;;
      *) [ $count -gt 50 ] || said="$said$line
" ;;
    esac
  done
  end "$status" "$said"
}

# For what is small by nature and never waits: fewer processes, and it travels with the next.
small() {
  frames=$frames$(
    exec 3>&1
    begin "$1" 65536
    name=$1; shift
    said=$("$@" </dev/null 2>&1 >&3)
    end $? "$said"
  )
}

begin() { printf '\n%s begin %s %s\n' "$mark" "$1" "$2"; }
end() { printf '\n%s end %s\n%.2000s\n%s status %s\n%s done %s\n' "$mark" "$name" "$2" "$mark" "$1" "$mark" "$name"; }

has() { command -v "$1" >/dev/null 2>&1; }

# busybox's timeout leaves a watcher behind that holds our pipes for up to a second, so only the others are used.
if timeout --version >/dev/null 2>&1; then bounded() { timeout 10 "$@"; }; else bounded() { "$@"; }; fi

as_root() {
  has "$1" || { echo "$1: not found" >&2; return 127; }
  if [ "$become" != 1 ] || [ "$(id -u)" = 0 ]; then bounded "$@"; return; fi
  has sudo || { echo "sudo: not found" >&2; return 127; }
  bounded sudo -n -- "$@"
}

# Without a time limit: ip and bridge wait for the kernel alone, where a signal would not reach them.
run() { has "$1" || { echo "$1: not found" >&2; return 127; }; "$@"; }

# Prints PATH:VALUE of every file that is there.
values() { values_like '' "$@"; }
values_like() { grep -Hs "$@" || return 0; }

# One process for thousands of files, as many as fit in its arguments.
conf_values() {
  set --
  for key in accept_local arp_accept arp_announce arp_evict_nocarrier arp_filter arp_ignore arp_notify \
    drop_gratuitous_arp forwarding ignore_routes_with_linkdown medium_id promote_secondaries proxy_arp \
    proxy_arp_pvlan route_localnet rp_filter send_redirects; do
    set -- "$@" /proc/sys/net/ipv4/conf/*/$key
    [ $# -lt 5000 ] || { values "$@"; set --; }
  done
  for key in accept_dad accept_ra addr_gen_mode dad_transmits disable_ipv6 drop_unsolicited_na force_forwarding \
    forwarding ndisc_notify proxy_ndp suppress_frag_ndisc; do
    set -- "$@" /proc/sys/net/ipv6/conf/*/$key
    [ $# -lt 5000 ] || { values "$@"; set --; }
  done
  values "$@" /proc/sys/net/ipv4/ip_forward /proc/sys/net/bridge/* \
    /proc/sys/net/ipv4/neigh/default/gc_thresh* /proc/sys/net/ipv6/neigh/default/gc_thresh* \
    /proc/sys/net/ipv4/neigh/*/proxy_delay /proc/sys/net/ipv4/neigh/*/proxy_qlen /proc/sys/net/ipv6/neigh/*/proxy_delay
}

sysfs_values() {
  for seen in /sys/class/net/*/wireless /sys/class/net/*/phy80211 /sys/class/net/*/device; do
    [ -e "$seen" ] && echo "$seen:"
  done
  values /sys/class/net/*/flags /sys/class/net/*/brport/*
}

# What ip -d link would have said, as far as sysfs knows it.
sysfs_links() {
  values /sys/class/net/*/address /sys/class/net/*/ifindex /sys/class/net/*/operstate /sys/class/net/*/mtu \
    /sys/class/net/*/uevent /sys/class/net/*/bonding/mode /sys/class/net/*/bonding/fail_over_mac \
    /sys/class/net/*/bonding/active_slave \
    /sys/class/net/*/bridge/vlan_filtering /sys/class/net/*/bridge/nf_call_iptables
  for seen in /sys/class/net/*/master; do
    [ -e "$seen" ] && echo "$seen:$(readlink "$seen")"
  done
  for seen in /sys/class/net/*/lower_*; do [ -e "$seen" ] && echo "$seen:"; done
  values /proc/net/vlan/*
}

# busybox, whose ip has no JSON, takes the word proxy and prints the ordinary entries.
proxy_entries() {
  case $json$([ $json = -j ] || ip -V 2>&1) in
    -j | *iproute2*) run ip $json neigh show proxy ;;
    *) echo "this ip cannot list proxy entries: not found" >&2; return 127 ;;
  esac
}

# Groups of the form ff02::1:ffxx:xxxx, to which solicitations are sent.
solicited_groups() { [ ! -e /proc/net/igmp6 ] || grep ' ff0200000000000000000001ff' /proc/net/igmp6 || return 0; }

# 1F0A is port 7946.
listeners() { values_like ':1F0A ' /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6; }

kernel_log() {
  exec 5>&1
  status=$(
    { { as_root dmesg; echo $? >&6; } |
      grep -E 'neighbo(u)?r table overflow|own address as source|ip6_?tables|MARK' | tail -n 200 >&5; } 6>&1
  )
  return "$status"
}

${PACKET_FILTERS}
# Pod ends are left out: there are hundreds, and no VIP is asked for on them.
tc_programs() {
  has tc || { echo "tc: not found" >&2; return 127; }
  tc qdisc show | while read -r _ kind _ _ device _; do
    case $kind/$device in
      */lxc* | */cali* | */veth* | */tap*) continue ;;
      clsact/* | ingress/*) ;;
      *) continue ;;
    esac
    for way in ingress egress; do
      echo "device $device $way"
      tc filter show dev "$device" "$way" 2>/dev/null
    done
  done
}

# Only a port that answers in another's place, or that does not learn, makes the forwarding table matter.
has_bridge_ports() { set -- /sys/class/net/*/brport; [ -e "$1" ]; }
fdb_entries() {
  grep -qs 1 /sys/class/net/*/brport/neigh_suppress /sys/class/net/*/brport/proxyarp /sys/class/net/*/brport/proxyarp_wifi ||
    grep -qs 0 /sys/class/net/*/brport/learning || return 0
  run bridge -j fdb show
}

# systemd makes the folder of systemd-networkd's links whether it runs or not; a link that it configures names its file.
managers() {
  for seen in /etc/netplan/*.yaml /run/NetworkManager/devices /etc/network/interfaces; do
    [ -e "$seen" ] && echo "$seen"
  done
  owned=
  [ ! -e /run/systemd/netif/links ] || owned=$(grep -sH '^NETWORK_FILE=' /run/systemd/netif/links/*)
  if [ -e /run/NetworkManager/devices ]; then
    as_root grep -rsiH '^uuid=' /etc/NetworkManager/system-connections /run/NetworkManager/system-connections /etc/sysconfig/network-scripts
    owned="$owned
$(grep -sH '^connection-uuid=' /run/NetworkManager/devices/*)"
  fi
  [ ! -e /etc/network/interfaces ] || grep -rsHE '^[[:space:]]*iface[[:space:]]' /etc/network/interfaces /etc/network/interfaces.d
  [ -z "$owned" ] || { printf '%s\n' "$owned"; values /sys/class/net/*/ifindex; }
}

os_release() { head -c 16384 /etc/os-release 2>/dev/null || head -c 16384 /usr/lib/os-release; }
ignore_status() { "$@"; return 0; }

if ip -j link show lo >/dev/null 2>&1 </dev/null; then json=-j; else json=-o; fi

collect() {
  small uname uname -r
  small os-release os_release
  probe sysctl 2500000 conf_values
  if [ "$json" = -j ]; then probe ip-link 2000000 run ip -d -j link; else probe sysfs-links 500000 ignore_status sysfs_links; fi
  probe sysfs 500000 ignore_status sysfs_values
  probe ip-addr 800000 run ip $json addr
  probe ip-route-4 700000 run ip -4 $json route show table all
  probe ip-route-6 700000 run ip -6 $json route show table all
  probe ip-rule-4 50000 run ip -4 $json rule
  probe ip-rule-6 50000 run ip -6 $json rule
  probe ip-neigh 800000 run ip $json neigh
  probe ip-neigh-proxy 50000 proxy_entries
  probe solicited-groups 800000 solicited_groups
  probe bridge-vlan 200000 run bridge -j vlan
  if [ -d /proc/net/bonding ]; then probe bonding 100000 values /proc/net/bonding/*; else small bonding true; fi
  probe listeners 16384 listeners
  probe kernel-log 50000 kernel_log
  flush
  tables=$(nft_tables </dev/null)
  probe_nft nft nft_rules arp bridge netdev
  probe_nft nft-ipv6 nft_rules_ipv6 inet ip6
  legacy_rules ebtable_filter ebtables 50000 as_root ebtables -L
  legacy_rules ebtable_nat ebtables-nat 50000 as_root ebtables -t nat -L
  legacy_rules arptable_filter arptables 50000 as_root arptables -L -n
  probe tc 100000 tc_programs
  if has_bridge_ports; then probe bridge-fdb 500000 fdb_entries; else small bridge-fdb true; fi
  small netstat cat /proc/net/netstat
  probe managers 500000 ignore_status managers
  if has_keepalived; then
    probe keepalived 200000 keepalived_conf
    probe vrrp-filters 50000 vrrp_filters
  else
    small keepalived true
    small vrrp-filters true
  fi
}

collect
printf '%s\n\n%s complete\n' "$frames" "$mark"
exit 0
`

/** What one run of the collector asks for. */
export interface CollectOptions {
  /** 16 bytes or more in hex, new for every run, so that no output can imitate a frame. */
  readonly mark: string
  /** Use `sudo -n` for what only root may read: the kernel log and the packet filters. */
  readonly become: boolean
}

/** The text for the stdin of `sh -s`. */
export function collectScript({ mark, become }: CollectOptions): string {
  if (!/^[0-9a-f]{32,}$/.test(mark)) throw new Error('the mark is not 16 bytes of hex')
  return `mark=%${mark}\nbecome=${become ? 1 : 0}\n${COLLECTOR}`
}
