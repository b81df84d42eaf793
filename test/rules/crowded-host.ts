import type { HostRecord } from '../../src/node/host.js'

/** The record of a host that has `size` of everything, arranged so that joins over its lists show what they cost. */
export function crowdedRecord(size: number, name = 'node-a'): HostRecord {
  const links = crowdedLinks(size)
  const names = links.map(({ ifname }) => ifname)
  const probes: Record<string, string> = {
    uname: '6.8.0-57-generic\nx86_64',
    sysctl: ['all', 'default', ...names].flatMap(sysctls).join('\n'),
    'ip-link': JSON.stringify(links),
    sysfs: '',
    'ip-addr': JSON.stringify(names.map((ifname, at) => ({ ifname, addr_info: [address(at)] }))),
    'ip-route-4': JSON.stringify(
      times(size, (at) => ({ dst: 'default', dev: names[at % names.length], table: `${at}` })),
    ),
    'ip-route-6': '[]',
    'ip-rule-4': JSON.stringify(times(size, (at) => ({ priority: at, src: ip(at), table: `${at}` }))),
    'ip-rule-6': '[]',
    'ip-neigh': JSON.stringify(times(size, (at) => ({ dst: ip(at), dev: 'nic0', lladdr: mac(at), state: ['STALE'] }))),
    'ip-neigh-proxy': JSON.stringify(times(size, (at) => ({ dst: ip(at), dev: 'nic0' }))),
    'bridge-vlan': JSON.stringify(names.map((ifname) => ({ ifname, vlans: [{ vlan: 1, flags: ['PVID'] }] }))),
    bonding: times(size, (at) => `/proc/net/bonding/bond${at}:Bonding Mode: adaptive load balancing`).join('\n'),
    listeners: '',
    'kernel-log': times(size, (at) => `br0: received packet on nic${at} with own address as source address`).join('\n'),
    nft: `table arp filter {\nchain input {\n${times(size, (at) => `arp daddr ip ${ip(at)} drop`).join('\n')}\n}\n}`,
    ebtables: '',
    arptables: '',
    netstat: '',
    managers: '',
  }
  const said = Object.entries(probes).map(([probe, stdout]) => [probe, { status: 0, stdout, stderr: '' }])
  return { name, address: name, probes: Object.fromEntries(said), failure: null }
}

/** NICs, VLANs stacked on each other (the lowest last), and as many bridges with a port and a VLAN each. */
function crowdedLinks(size: number) {
  return [
    ...times(size, (at) => link(`nic${at}`, at, {})),
    ...times(size, (at) =>
      link(`vlan${at}`, at, { link: at === 0 ? 'nic0' : `vlan${at - 1}`, ...kind('vlan') }),
    ).reverse(),
    ...times(size, (at) => link(`br${at}`, at, kind('bridge', { vlan_filtering: 1, nf_call_iptables: 1 }))),
    ...times(size, (at) => link(`port${at}`, at, { master: `br${at}`, ...port() })),
    ...times(size, (at) => link(`br${at}.7`, at, { link: `br${at}`, ...kind('vlan', { id: 7 }) })),
  ]
}

function link(ifname: string, at: number, more: object) {
  return {
    ifindex: at + 1,
    ifname,
    flags: ['BROADCAST', 'UP', 'LOWER_UP'],
    operstate: 'UP',
    mtu: 1500,
    address: mac(at),
    promiscuity: 1,
    ...more,
  }
}

function kind(info_kind: string, info_data: object = { id: 1 }) {
  return { linkinfo: { info_kind, info_data } }
}

function port() {
  return { linkinfo: { info_slave_kind: 'bridge', info_slave_data: { state: 'blocking', flood: false } } }
}

function sysctls(scope: string): string[] {
  const on = `/proc/sys/net/ipv4/conf/${scope}`
  return [`${on}/arp_ignore:0`, `${on}/proxy_arp:1`, `${on}/rp_filter:1`, `${on}/forwarding:0`]
}

function address(at: number) {
  return { local: ip(at), prefixlen: 24, scope: 'global' }
}

function ip(at: number): string {
  return `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`
}

function mac(at: number): string {
  return `02:00:00:00:${(at >> 8).toString(16).padStart(2, '0')}:${(at & 255).toString(16).padStart(2, '0')}`
}

function times<T>(size: number, make: (at: number) => T): T[] {
  return Array.from({ length: size }, (_, at) => make(at))
}
