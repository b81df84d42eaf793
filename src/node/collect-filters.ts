/** The collector's functions (`collect-script.ts`) for packet filters, and for keepalived, whose VRRP these may stop. */
export const PACKET_FILTERS = String.raw`
# Listing a packet filter loads its module. We change nothing, so one that is not loaded is left alone: it filters nothing.
modules="
$(cat /proc/modules 2>/dev/null)"
is_module() { case $modules in *"
$1 "*) ;; *) return 1 ;; esac; }
is_builtin() {
  builtin=/lib/modules/$(uname -r)/modules.builtin
  if [ -r "$builtin" ]; then grep -q "/$1.ko" "$builtin"; else grep -qs " $2\$" /proc/kallsyms; fi
}
has_nf_tables() { is_module nf_tables || is_builtin nf_tables nft_do_chain; }
# A line a table, "table FAMILY NAME": most hosts have none in most families. A kernel without modules loads none, so it is
# asked before its list of symbols, which is long. Where this may not be asked, each family is, and says why.
nft_tables() {
  [ ! -e /proc/modules ] || has_nf_tables || return 0
  as_root nft list tables 2>/dev/null && return
  [ -e /proc/modules ] || has_nf_tables || return 0
  printf 'table %s unread\n' arp bridge netdev inet ip6
}
# NAME COMMAND FAMILY...: COMMAND gets those of the families that have a table.
probe_nft() {
  about=$1 command=$2 families=''; shift 2
  for family; do
    case $tables in *"table $family "*) families="$families $family" ;; esac
  done
  if [ -n "$families" ]; then probe "$about" 300000 "$command" $families; else small "$about" "$command"; fi
}
nft_rules() {
  for family; do as_root nft -a list ruleset "$family" || return; done
}
# What IPv6 passes. The legacy tables are only named: their rules are not followed.
nft_rules_ipv6() {
  for legacy in ip6table_raw ip6table_mangle ip6table_filter ip6table_security; do
    is_module $legacy && echo "legacy $legacy"
  done
  nft_rules "$@"
}
# The nft flavour of these tools shows what nft showed; the legacy flavour needs a module of its own.
legacy_rules() {
  if is_module "$1"; then shift; probe "$@"; else small "$2" true; fi
}

# The VRRP part of keepalived's configuration: known words, addresses and braces. A password never leaves the host.
vrrp_words='vrrp_instance|vrrp_version|global_defs|include[a-z_]*|interface|virtual_router_id|priority|state|nopreempt|advert_int|version|native_ipv6|use_vmac|vmac_xmit_base|unicast_peer|unicast_src_ip|mcast_src_ip|virtual_ipaddress|virtual_ipaddress_excluded|auth_type|[0-9a-fA-F]*[.:][0-9a-fA-F.:/]*'
vrrp_lines() {
  sed -n -E -e 's/[#!].*$//' -e 's/(auth_pass|password)[[:space:]]+("[^"]*"|[^[:space:]}]+)//g' \
    -e "/^[[:space:]]*($vrrp_words)([[:space:]{}]|\$)/{p;d;}" -e '/[{}]/{s/[^{}]//g;p;}'
}
has_keepalived() { [ -e /etc/keepalived/keepalived.conf ] || [ -e /usr/local/etc/keepalived/keepalived.conf ]; }
keepalived_conf() {
  if grep -qsx keepalived /proc/[0-9]*/comm; then echo running; fi
  set -- /etc/keepalived/keepalived.conf /usr/local/etc/keepalived/keepalived.conf
  seen=' ' count=0
  while [ $# -gt 0 ] && [ $count -lt 64 ]; do
    file=$1; shift
    [ -f "$file" ] || continue
    case $seen in *" $file "*) continue ;; esac
    seen="$seen$file " count=$((count + 1))
    echo "file $file"
    if [ -r "$file" ]; then text=$(vrrp_lines <"$file"); else text=$(as_root cat -- "$file" | vrrp_lines); fi
    if [ -z "$text" ] && [ -s "$file" ] && [ ! -r "$file" ]; then echo "$file: permission denied" >&2; return 1; fi
    printf '%s\n' "$text"
    for pattern in $(printf '%s\n' "$text" | sed -n 's/^[[:space:]]*include[a-z_]*[[:space:]]\{1,\}//p'); do
      case $pattern in /*) ;; *) pattern=$(dirname -- "$file")/$pattern ;; esac
      for found in $pattern; do set -- "$@" "$found"; done
    done
  done
}
# Where keepalived is: what of the packet filters names VRRP, and the policies of what comes in and goes out.
vrrp_filters() {
  if [ -n "$tables" ]; then
    { as_root nft list ruleset || echo unread; } | awk '
      $0 == "unread" { bad = 1 }
      $1 == "table" { table = $2 " " $3 }
      $1 == "chain" { chain = $2 }
      / hook (input|output) / || /vrrp|(l4proto|protocol|nexthdr) 112|224\.0\.0\.18|ff02::12/ { print "nft", table, chain, $0 }
      END { exit bad }' || return
  fi
  if is_module iptable_filter; then
    { as_root iptables-save -t filter || echo unread; } | awk '
      $0 == "unread" { bad = 1 }
      /^:(INPUT|OUTPUT) / || /^-A .*(vrrp|-p 112|224\.0\.0\.18)/ { print "iptables", $0 }
      END { exit bad }'
  fi
}
`
