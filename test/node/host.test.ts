import { describe, expect, it } from 'vitest'
import { buildHost, type HostRecord, hostGaps } from '../../src/node/host.js'
import type { Host } from '../../src/node/model.js'
import { type Recording, recordedHost, recording, section } from './recorded.js'

const ALL: readonly Recording[] = ['debian-12', 'ubuntu-24.04', 'busybox-1.35']
const byName = (host: Host) => Object.fromEntries(section(host, 'links').map((link) => [link.name, link]))

describe('a recorded node', () => {
  it.each(ALL)('%s: roles, and what faces the segment', (directory) => {
    const links = section(recordedHost(directory), 'links')
    const roles = links.map(({ name, role, facesSegment }) => `${name} ${role}${facesSegment ? ' facing' : ''}`).sort()
    // without linkinfo a vxlan still names itself in its uevent
    expect(roles).toEqual([
      'br0 bridge facing',
      'cali0123456789a cni-veth',
      'cni0 bridge',
      'eth0 uplink facing',
      'eth1 bridge-port facing',
      'flannel.1 tunnel',
      'kube-ipvs0 ipvs',
      'lo loopback',
      'vethab12cd34 cni-veth',
    ])
  })

  it.each(['debian-12-bonds', 'busybox-1.35-bonds'] as const)('%s: roles of what stands on a NIC', (directory) => {
    const links = section(recordedHost(directory), 'links')
    const standing = links.filter(({ name, role }) => role !== 'bond-member' && name !== 'hwsim0')
    const roles = standing.map(({ name, role, parent }) => `${name} ${role}${parent ? ` on ${parent}` : ''}`)
    expect(roles.filter((role) => !role.startsWith('eth')).sort()).toEqual([
      'bond0 bond',
      'bond0.100 vlan on bond0',
      'bond1 bond',
      'bond2 bond',
      'br0 bridge',
      'dummy0 dummy',
      'lo loopback',
      'mv0 macvlan on eth7',
      'wlan0 uplink',
    ])
    const { bond0, bond1, bond2 } = byName(recordedHost(directory))
    expect([bond0, bond1, bond2].map((link) => link?.bond)).toMatchObject([
      { mode: 'balance-alb', activeMember: 'eth1' },
      { mode: 'active-backup', failOverMac: 'active', activeMember: 'eth3' },
      { mode: '802.3ad' },
    ])
  })

  it.each(ALL)('%s: bridge ports', (directory) => {
    const { eth1, vethab12cd34 } = byName(recordedHost(directory))
    expect(eth1?.bridgePort).toMatchObject({
      bridge: 'br0',
      state: 'forwarding',
      hairpin: true,
      neighSuppress: true,
      proxyArp: false,
      learning: true,
      flood: true,
      broadcastFlood: true,
    })
    expect(vethab12cd34?.bridgePort).toMatchObject({ bridge: 'cni0', hairpin: true, neighSuppress: false })
  })

  it.each(ALL)('%s: addresses, neighbours, listeners', (directory) => {
    const host = recordedHost(directory)
    const held = section(host, 'addresses').filter(({ family, scope }) => family === 4 && scope === 'global')
    expect(held.map((one) => `${one.interface} ${one.ip}/${one.prefix}`).sort()).toEqual([
      'br0 10.0.1.11/24',
      'eth0 10.0.0.11/24',
      'kube-ipvs0 10.0.0.240/32',
    ])
    expect(section(host, 'neighbours').filter(({ family }) => family === 4)).toEqual([
      { family: 4, ip: '10.0.0.1', interface: 'eth0', mac: 0x020000000001, states: ['PERMANENT'] },
      { family: 4, ip: '10.0.0.2', interface: 'eth0', mac: 0x020000000002, states: ['STALE'] },
    ])
    expect(section(host, 'listeners')).toEqual([
      { protocol: 'tcp', address: '10.0.0.11', port: 7946 },
      { protocol: 'udp', address: '10.0.0.11', port: 7946 },
    ])
  })

  it.each(ALL)('%s: routes of all tables, and the rules that choose among them', (directory) => {
    const host = recordedHost(directory)
    const routes = section(host, 'routes').filter(({ family }) => family === 4)
    expect(routes.filter(({ table, destination }) => table === '252' && destination.length === 0)).toMatchObject([
      { type: 'unicast', hops: [{ device: 'br0', gateway: '10.0.1.1' }] },
    ])
    expect(routes.find(({ type }) => type === 'blackhole')).toMatchObject({ table: 'main', hops: [] })
    expect(routes.find(({ metric }) => metric === 100)?.hops).toEqual([{ device: 'eth0', gateway: '10.0.0.1' }])
    const rules = section(host, 'rules').filter(({ family }) => family === 4)
    expect(rules.map(({ priority, table }) => `${priority} ${table}`)).toEqual([
      '0 local',
      '100 252',
      '101 252',
      '32766 main',
      '32767 default',
    ])
    expect(rules[1]).toMatchObject({ from: { ip: '10.0.1.0', length: 24 }, mark: null })
    expect(rules[2]?.mark).toMatch(/^0x1/)
  })

  it.each(ALL)('%s: sysctls', (directory) => {
    const { ipv4, ipForward, bridge, neigh4 } = section(recordedHost(directory), 'sysctls')
    expect(ipv4['eth0']).toMatchObject({ rp_filter: 1, proxy_arp: 0, forwarding: 1 })
    expect(ipv4['all']).toMatchObject({ arp_ignore: 1 })
    expect(ipv4['cali0123456789a']).toMatchObject({ proxy_arp: 1 })
    expect(ipForward).toBe(1)
    expect(Object.keys(bridge)).toContain('bridge-nf-call-iptables')
    expect(neigh4['eth0']).toHaveProperty('proxy_delay')
  })

  it.each(['debian-12', 'ubuntu-24.04'] as const)('%s: what only iproute2 and nft tell', (directory) => {
    const host = recordedHost(directory)
    expect(section(host, 'proxyNeighbours')).toEqual([{ family: 4, ip: '10.0.0.250', interface: 'eth0' }])
    const { chains, unread } = section(host, 'filterChains')
    expect(unread).toBeNull()
    expect(chains.flatMap(({ table, name, rules }) => rules.map((rule) => [table, name, rule]))).toEqual([
      ['filter', 'input', 'arp daddr ip 10.0.0.240 drop'],
    ])
    const multipath = section(host, 'routes').find(({ destination }) => destination.ip === '10.0.9.0')
    expect(multipath?.hops.map(({ device }) => device)).toEqual(['eth0', 'br0'])
    expect(byName(host)['eth1']?.promiscuity).toBe(1)
    expect(hostGaps(recording(directory), host)).toEqual([])
  })

  it('names the kernel and the distribution', () => {
    expect(section(recordedHost('ubuntu-24.04'), 'kernel')).toEqual({
      release: '6.8.0-57-generic',
      os: { prettyName: 'Ubuntu 24.04.2 LTS' },
    })
    expect(section(recordedHost('ubuntu-24.04'), 'managers')).toEqual(['netplan', 'systemd-networkd'])
  })

  it('says what busybox could not tell, and takes no ordinary neighbour for a proxy entry', () => {
    const host = recordedHost('busybox-1.35')
    expect(hostGaps(recording('busybox-1.35'), host).map(({ subject }) => subject)).toEqual([
      'node-a: ip -d -j link',
      'node-a: ip -j neigh show proxy',
      'node-a: bridge -j vlan',
      'node-a: nft -a list ruleset arp',
    ])
    expect(host.sections.proxyNeighbours.known).toBe(false)
    expect(byName(host)['eth1']).toMatchObject({ promiscuity: null, promiscuousFlag: true })
  })
})

describe('a probe that failed', () => {
  const { name, address, probes } = recording('debian-12')
  const withProbe = (probe: string, status: number | null, stderr: string) =>
    buildHost({ name, address, failure: null, probes: { ...probes, [probe]: { status, stdout: '', stderr } } }).sections

  it.each([
    ['nft', 127, 'nft: not found', 'not installed there'],
    [
      'nft',
      1,
      'Operation not permitted (you must be root)',
      'not permitted ("Operation not permitted (you must be root)")',
    ],
    ['nft', 1, 'sudo: a password is required', 'sudo refused ("sudo: a password is required")'],
    ['nft', 1, '\u001b[31mError: "x"\u0007', `ended with status 1 ("[31mError: 'x'")`],
    ['nft', 124, '', 'did not finish within 10 s'],
    ['nft', 3, '', 'ended with status 3'],
    ['nft', 141, '', 'printed more than l2doctor reads'],
  ])('%s with status %s: %s', (probe, status, stderr, reason) => {
    const { filterChains, links } = withProbe(probe, status, stderr)
    expect(filterChains).toMatchObject({ known: true, value: { unread: { reason } } })
    expect(links.known).toBe(true)
  })

  it('is a gap of its own section when its output makes no sense', () => {
    const torn = { ...probes, 'ip-link': { status: 0, stdout: '[{"ifname":', stderr: '' } }
    const { links, addresses } = buildHost({ name, address, failure: null, probes: torn }).sections
    expect(links).toMatchObject({ known: false, gap: { reason: 'its output could not be read' } })
    expect(addresses.known).toBe(true)
  })

  it('takes the reason of the host where the host ended early', () => {
    const failure = { subject: 'node-a', reason: 'cut off', hint: '' }
    const { sections, reached } = buildHost({ name, address, failure, probes: { uname: probes['uname']! } })
    expect(reached).toBe(true)
    expect(sections.kernel.known).toBe(true)
    expect(sections.links).toMatchObject({ known: false, gap: { reason: 'cut off' } })
  })
})

describe('an account that ssh_config names', () => {
  const refused = { status: 1, stdout: '', stderr: 'Error: Could not process rule: Operation not permitted\n' }
  const build = (probes: HostRecord['probes']) =>
    buildHost({ name: 'node-a', address: 'node-a', probes, failure: null })

  it('needs sudo where a command for root was refused', () => {
    expect(build({ nft: refused }).needsSudo).toBe(true)
  })

  it('is taken for root where nothing was', () => {
    expect(build({ nft: { ...refused, status: 0, stderr: '' } }).needsSudo).toBeUndefined()
    expect(build({ nft: { ...refused, status: 127, stderr: 'nft: not found' } }).needsSudo).toBeUndefined()
  })
})
