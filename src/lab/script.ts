import type { Host } from './model.js'
import type { Plan } from './plan.js'

/** Settings that a new namespace inherits from the machine (net.core.devconf_inherit_init_net) and a lab must not. */
const NEUTRAL = ['arp_ignore', 'arp_announce', 'arp_filter', 'proxy_arp', 'proxy_arp_pvlan', 'rp_filter', 'forwarding']

/** The shell script that builds a planned segment; run by `sh -e` as root. */
export function buildScript(plan: Plan): string {
  return [batch(null, [...namespaces(plan), ...links(plan)]), bridge(plan), ...plan.hosts.map(settle)].join('\n')
}

function namespaces(plan: Plan): string[] {
  const names = plan.hosts.map((host) => host.namespace)
  return [...(plan.switch === null ? [] : [plan.switch]), ...names].map((name) => `netns add ${name}`)
}

function links(plan: Plan): string[] {
  const end = (host: Host) => `eth0 netns ${host.namespace} address ${host.spec.mac}`
  if (plan.switch === null) return [`link add ${end(plan.hosts[0]!)} type veth peer name ${end(plan.hosts[1]!)}`]
  return plan.hosts.map((host, at) => `link add ${end(host)} type veth peer name port${at} netns ${plan.switch}`)
}

function bridge(plan: Plan): string {
  if (plan.switch === null) return ''
  const silence = ['all', 'default'].map((scope) => sysctl([`net.ipv6.conf.${scope}.disable_ipv6`, 1])).join('; ')
  const build = batch(plan.switch, [
    'link add br0 type bridge stp_state 0 mcast_snooping 0',
    'link set br0 up',
    ...plan.hosts.flatMap((host, at) => [
      `link set port${at} master br0 up`,
      ...(host.spec.deaf ? [`link set port${at} type bridge_slave bcast_flood off mcast_flood off`] : []),
    ]),
  ])
  return `ip netns exec ${plan.switch} sh -ec '${withSix(silence)}'\n${build}`
}

function settle(host: Host): string {
  const { vips = [], proxies = [], address, address6 } = host.spec
  const addresses = [address, ...(address6 ? [`${address6} nodad`] : []), ...vips.map(single)]
  return [
    inside(host, neutralise()),
    batch(host.namespace, [
      'link set lo up',
      'link set eth0 up',
      ...addresses.map((address) => `addr add ${address} dev eth0`),
      ...proxyRoutes(proxies.filter((ip) => !isSix(ip))),
      ...proxies.filter(isSix).map((ip) => `neigh add proxy ${ip} dev eth0`),
    ]),
    inside(host, [
      ...proxySettings(proxies),
      ...linkLocalFirst(host.spec.sysctls),
      ...Object.entries(host.spec.sysctls ?? {}).map(sysctl),
      ...(host.spec.setup ?? []),
    ]),
  ].join('\n')
}

/** The kernel adds it when it sees the carrier, which may be later: then it would be tentative for as long as the settings say. */
function linkLocalFirst(sysctls: Host['spec']['sysctls'] = {}): string[] {
  if (!Object.keys(sysctls).some((key) => key.endsWith('.accept_dad'))) return []
  const there = 'ip -6 addr show dev eth0 scope link | grep -q inet6'
  return [
    `for i in $(seq 200); do ${there} && break; sleep 0.05; done; ${there} || { echo no link-local address >&2; exit 1; }`,
  ]
}

/** An address without a subnet; `nodad`: of IPv6 it is there at once, whoever else has it. */
function single(ip: string): string {
  return isSix(ip) ? `${ip}/128 nodad` : `${ip}/32`
}

function isSix(ip: string): boolean {
  return ip.includes(':')
}

function neutralise(): string[] {
  const four = NEUTRAL.flatMap((name) =>
    ['all', 'default', 'eth0'].map((scope) => sysctl([`net.ipv4.conf.${scope}.${name}`, 0])),
  )
  const six = ['all', 'eth0'].map((scope) => sysctl([`net.ipv6.conf.${scope}.accept_dad`, 0]))
  return [...four, withSix(six.join('; '))]
}

/** proxy_arp answers only when the route to the target leaves by another device (`arp_fwd_proxy` in net/ipv4/arp.c). */
function proxyRoutes(proxies: readonly string[]): string[] {
  if (proxies.length === 0) return []
  const device = ['link add back0 type veth peer name back1', 'link set back0 up', 'link set back1 up']
  return [...device, ...proxies.map((ip) => `route add ${ip}/32 dev back0`)]
}

function proxySettings(proxies: readonly string[]): string[] {
  const on = (family: string, name: string) => sysctl([`net.${family}.conf.eth0.${name}`, 1])
  return [
    ...(proxies.every(isSix) ? [] : ['forwarding', 'proxy_arp'].map((name) => on('ipv4', name))),
    ...(proxies.some(isSix) ? ['forwarding', 'proxy_ndp'].map((name) => on('ipv6', name)) : []),
  ]
}

/** A machine may have no IPv6. */
function withSix(lines: string): string {
  return `[ ! -e /proc/sys/net/ipv6 ] || { ${lines}; }`
}

function sysctl([name, value]: readonly [string, string | number]): string {
  return `echo ${value} > /proc/sys/${name.replaceAll('.', '/')}`
}

function batch(namespace: string | null, lines: readonly string[]): string {
  return `ip ${namespace === null ? '' : `-n ${namespace} `}-batch - <<'END_OF_BATCH'\n${lines.join('\n')}\nEND_OF_BATCH`
}

function inside(host: Host, lines: readonly string[]): string {
  return lines.length === 0
    ? ''
    : `ip netns exec ${host.namespace} sh -e <<'END_OF_LINES'\n${lines.join('\n')}\nEND_OF_LINES`
}
