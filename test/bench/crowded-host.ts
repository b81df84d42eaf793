import type { HostRecord } from '../../src/node/host.js'

/** A host of so many links, half of them VLANs and macvlans on the other half, each with an address and values of its own. */
export function crowdedHost(size: number): HostRecord {
  const links = Array.from({ length: size }, (_, at) => link(at))
  const names = links.map(({ ifname }) => ifname)
  const probes: Record<string, string> = {
    uname: '6.8.0-57-generic\nx86_64',
    sysctl: ['all', 'default', ...names].flatMap(sysctls).join('\n'),
    'ip-link': JSON.stringify(links),
    'ip-addr': JSON.stringify(names.map((ifname, at) => ({ ifname, addr_info: [address(at)] }))),
    'ip-route-4': JSON.stringify([{ dst: 'default', gateway: '10.0.0.1', dev: names[0] }]),
    'ip-rule-4': JSON.stringify([{ priority: 32766, src: 'all', table: 'main' }]),
  }
  const empty = ['ip-route-6', 'ip-rule-6', 'ip-neigh', 'ip-neigh-proxy', 'bridge-vlan']
  for (const probe of empty) probes[probe] = '[]'
  const said = Object.entries(probes).map(([probe, stdout]) => [probe, { status: 0, stdout, stderr: '' }])
  return { name: 'hostile', address: 'hostile', probes: Object.fromEntries(said), failure: null }
}

function link(at: number) {
  const isUpper = at % 2 === 1
  return {
    ifindex: at + 1,
    ifname: isUpper ? `upper${at}` : `nic${at}`,
    ...(isUpper ? { link: `nic${at - 1}`, linkinfo: { info_kind: at % 4 === 1 ? 'vlan' : 'macvlan' } } : {}),
    flags: ['BROADCAST', 'UP', 'LOWER_UP'],
    mtu: 1500,
    operstate: 'UP',
    address: `02:00:00:${hex(at >> 16)}:${hex(at >> 8)}:${hex(at)}`,
    promiscuity: 2,
  }
}

function sysctls(scope: string): string[] {
  const on = `/proc/sys/net/ipv4/conf/${scope}`
  return [`${on}/arp_ignore:8`, `${on}/proxy_arp:1`, `${on}/rp_filter:1`]
}

function address(at: number) {
  return { local: `10.${(at >> 16) & 255}.${(at >> 8) & 255}.${at & 255}`, prefixlen: 24, scope: 'global' }
}

function hex(byte: number): string {
  return (byte & 255).toString(16).padStart(2, '0')
}
