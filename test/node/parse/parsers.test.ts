import { describe, expect, it } from 'vitest'
import { parseAddresses } from '../../../src/node/parse/addresses.js'
import { parseBonding } from '../../../src/node/parse/bonding.js'
import { parseBridgeVlans } from '../../../src/node/parse/bridge-vlans.js'
import { parseCounters } from '../../../src/node/parse/counters.js'
import { parseFdb } from '../../../src/node/parse/fdb.js'
import { legacyIpv6Tables, nftChains } from '../../../src/node/parse/filter-chains.js'
import { parseListeners } from '../../../src/node/parse/listeners.js'
import { parseProxyNeighbours } from '../../../src/node/parse/neighbours.js'
import { parsePrograms } from '../../../src/node/parse/programs.js'
import { parseRoutes } from '../../../src/node/parse/routes.js'
import { parseRules } from '../../../src/node/parse/rules.js'
import { parseSolicitedGroups } from '../../../src/node/parse/solicited-groups.js'
import { parseSysctls } from '../../../src/node/parse/sysctls.js'

describe('/proc/net/bonding', () => {
  // drivers/net/bonding/bond_procfs.c
  const file = `Ethernet Channel Bonding Driver: v6.1.0

Bonding Mode: fault-tolerance (active-backup) (fail_over_mac active)
Primary Slave: None
Currently Active Slave: eno1
MII Status: up

Slave Interface: eno1
MII Status: up
Permanent HW addr: 02:00:00:00:00:08

Slave Interface: eno2
MII Status: down
Permanent HW addr: 02:00:00:00:00:09`

  it('has the mode in the words of the driver, and the active member', () => {
    const text = file
      .split('\n')
      .map((line) => `/proc/net/bonding/bond0:${line}`)
      .join('\n')
    expect(parseBonding(text)).toEqual([
      {
        bond: 'bond0',
        mode: 'fault-tolerance (active-backup) (fail_over_mac active)',
        activeMember: 'eno1',
      },
    ])
  })
})

describe('bridge -j vlan', () => {
  it('spreads ranges, and never further than there are VLANs', () => {
    const text =
      '[{"ifname":"br0","vlans":[{"vlan":1,"flags":["PVID","Egress Untagged"]},{"vlan":4093,"vlanEnd":9e15}]}]'
    expect(parseBridgeVlans(text)).toEqual([
      { interface: 'br0', vid: 1, pvid: true, untagged: true },
      { interface: 'br0', vid: 4093, pvid: false, untagged: false },
      { interface: 'br0', vid: 4094, pvid: false, untagged: false },
    ])
  })
})

describe('small readers', () => {
  it('listeners: every address, IPv6, and only sockets that listen', () => {
    const text = [
      '/proc/net/tcp6:   1: 00000000000000000000000000000000:1F0A 00000000000000000000000000000000:0000 0A 0:0',
      '/proc/net/udp6:   2: B80D0120000000000000000001000000:1F0A 00000000000000000000000000000000:0000 07 0:0',
      '/proc/net/tcp:   3: 0100007F:1F0A 0200007F:9C40 01 0:0',
    ].join('\n')
    expect(parseListeners(text)).toEqual([
      { protocol: 'tcp', address: '*', port: 7946 },
      { protocol: 'udp', address: '2001:db8:0:0:0:0:0:1', port: 7946 },
    ])
  })

  it('counters', () => {
    expect(parseCounters('TcpExt: A IPReversePathFilter B\nTcpExt: 1 42 3\n')).toEqual({ reversePathFilter: 42 })
    expect(parseCounters('')).toEqual({ reversePathFilter: null })
  })

  it('proxy entries of a plain ip end in the word proxy; ordinary entries are none', () => {
    expect(parseProxyNeighbours('10.0.0.9 dev eth0  proxy\n')).toEqual([
      { family: 4, ip: '10.0.0.9', interface: 'eth0' },
    ])
    expect(parseProxyNeighbours('10.0.0.9 dev eth0 lladdr 02:00:00:00:00:01 STALE\n')).toBeNull()
  })

  it('a route in plain text over several lines', () => {
    const text =
      '10.0.9.0/24 proto static \n\tnexthop via 10.0.0.2 dev eth0 weight 1 \n\tnexthop via 10.0.1.2 dev br0 weight 1 \n'
    expect(parseRoutes(text, 4)?.[0]?.hops).toEqual([
      { device: 'eth0', gateway: '10.0.0.2' },
      { device: 'br0', gateway: '10.0.1.2' },
    ])
  })

  it('an IPv4 route by an IPv6 gateway', () => {
    const text = '[{"dst":"default","via":{"family":"inet6","host":"fe80::1"},"dev":"eth0"}]'
    expect(parseRoutes(text, 4)?.[0]?.hops).toEqual([{ device: 'eth0', gateway: 'fe80::1' }])
  })

  it('a rule with a selector of another kind is not taken for "all"', () => {
    expect(parseRules('[{"priority":9,"src":"all","uid_start":0,"uid_end":0,"table":"5"}]', 4)?.[0]?.other).toBe(true)
    expect(parseRules('9:\tfrom all ipproto tcp lookup 5\n', 4)?.[0]?.other).toBe(true)
    expect(parseRules('9:\tnot from 10.0.0.0/8 lookup 5\n', 4)?.[0]?.other).toBe(true)
  })

  it('sysctls: a value that is no number is left out, and names cannot reach a prototype', () => {
    const read = parseSysctls(
      '/proc/sys/net/ipv4/conf/__proto__/rp_filter:1\n/proc/sys/net/ipv4/conf/eth0/rp_filter:x\n/proc/sys/net/ipv4/conf/eth0/arp_ignore:2\n',
    )
    expect(read?.ipv4['eth0']).toEqual({ arp_ignore: 2 })
    expect(({} as Record<string, unknown>)['rp_filter']).toBeUndefined()
    expect(parseSysctls('no such file')).toBeNull()
  })
})

describe('what bears on ARP', () => {
  it('rules beyond a lookup', () => {
    const details = (text: string) => parseRules(text, 4)?.map(({ table, details }) => ({ table, ...details }))
    const none = {
      inverted: false,
      vrf: false,
      action: null,
      goto: null,
      suppressLength: null,
      never: false,
      unread: [],
    }
    expect(
      details('[{"priority":98,"src":"10.1.1.0","srclen":24,"tos":"0x10","table":"88","suppress_prefixlen":0}]'),
    ).toEqual([{ ...none, table: '88', never: true, suppressLength: 0 }])
    expect(details('[{"priority":9,"not":null,"src":"10.2.0.0","srclen":16,"action":"unreachable"}]')).toEqual([
      { ...none, table: null, inverted: true, action: 'unreachable' },
    ])
    expect(details('[{"priority":9,"src":"all","goto":100},{"priority":1000,"src":"all","l3mdev":null}]')).toEqual([
      { ...none, table: null, goto: 100 },
      { ...none, table: null, vrf: true },
    ])
    expect(
      details('9: from all goto 100\n1000: from all lookup [l3mdev-table]\n7: not from 10.2.0.0/16 blackhole'),
    ).toEqual([
      { ...none, table: null, goto: 100 },
      { ...none, table: null, vrf: true },
      { ...none, table: null, inverted: true, action: 'blackhole' },
    ])
    expect(details('[{"priority":9,"src":"all","uid_start":5,"uid_end":9,"table":"7"}]')).toEqual([
      { ...none, table: '7', unread: ['uid_start', 'uid_end'] },
    ])
  })

  it('the far end of a point-to-point address', () => {
    const json =
      '[{"ifname":"ppp0","addr_info":[{"family":"inet","local":"10.0.0.1","address":"10.0.0.2","prefixlen":32,"scope":"global"}]}]'
    const expected = [{ interface: 'ppp0', family: 4, ip: '10.0.0.1', prefix: 32, scope: 'global', peer: '10.0.0.2' }]
    expect(parseAddresses(json)).toEqual(expected)
    expect(parseAddresses('4: ppp0    inet 10.0.0.1 peer 10.0.0.2/32 scope global ppp0')).toEqual(expected)
  })

  it('filters of tc that may see it', () => {
    const text = [
      'device eth0 ingress',
      'filter protocol all pref 1 bpf chain 0 ',
      'filter protocol all pref 1 bpf chain 0 handle 0x1 cil_from_netdev-eth0 direct-action not_in_hw id 7',
      'filter parent ffff: protocol ip pref 2 flower chain 0 handle 0x1 ',
      '  eth_type ipv4',
      'device eth0 egress',
    ].join('\n')
    expect(parsePrograms(text)).toEqual([
      {
        device: 'eth0',
        direction: 'ingress',
        seesArp: true,
        text: 'protocol all pref 1 bpf chain 0 handle 0x1 cil_from_netdev-eth0 direct-action not_in_hw id 7',
      },
      { device: 'eth0', direction: 'ingress', seesArp: false, text: 'protocol ip pref 2 flower chain 0 handle 0x1' },
    ])
  })

  it('forwarding entries of bridges alone', () => {
    const text =
      '[{"mac":"02:00:00:00:07:00","ifname":"eth0","flags":[],"master":"br0","state":"static"},{"mac":"33:33:00:00:00:01","ifname":"eth0","flags":["self"],"state":"permanent"},{"mac":"02:00:00:00:07:01","ifname":"eth1","vlan":7,"flags":[],"master":"br0","state":""}]'
    expect(parseFdb(text)).toEqual([
      { mac: 0x02_00_00_00_07_00, port: 'eth0', bridge: 'br0', vlan: null },
      { mac: 0x02_00_00_00_07_01, port: 'eth1', bridge: 'br0', vlan: 7 },
    ])
  })
})

describe('addresses of IPv6', () => {
  it('have the flags of duplicate address detection, from JSON and from plain text alike', () => {
    const json =
      '[{"ifname":"e0","addr_info":[{"family":"inet6","local":"2001:db8::240","prefixlen":128,"scope":"global","dadfailed":true,"tentative":true},{"local":"fe80::1","prefixlen":64,"scope":"link"}]}]'
    const plain = [
      '3: e0    inet6 2001:db8::240/128 scope global dadfailed tentative \\       valid_lft forever preferred_lft forever',
      '3: e0    inet6 fe80::1/64 scope link \\       valid_lft forever preferred_lft forever',
    ].join('\n')
    const expected = [
      {
        interface: 'e0',
        family: 6,
        ip: '2001:db8::240',
        prefix: 128,
        scope: 'global',
        flags: ['tentative', 'dadfailed'],
      },
      { interface: 'e0', family: 6, ip: 'fe80::1', prefix: 64, scope: 'link' },
    ]
    expect(parseAddresses(json)).toEqual(expected)
    expect(parseAddresses(plain)).toEqual(expected)
  })
})

describe('/proc/net/igmp6', () => {
  it('has the solicited-node groups of each interface', () => {
    const text = '3    e0              ff0200000000000000000001ff000240     1 00000004 0\nrubbish'
    expect(parseSolicitedGroups(text)).toEqual([{ interface: 'e0', group: 'ff02::1:ff00:240' }])
  })
})

describe('nft list ruleset inet', () => {
  it('says of a chain whether it is one of nat, which no solicitation enters', () => {
    const text =
      'table inet guard { # handle 1\n chain in { # handle 2\n type filter hook input priority filter; policy accept;\n icmpv6 type nd-neighbor-solicit drop # handle 3\n }\n}'
    expect(nftChains(text)).toMatchObject([
      { family: 'inet', type: 'filter', hook: 'input', rules: ['icmpv6 type nd-neighbor-solicit drop'], handles: [3] },
    ])
    expect(legacyIpv6Tables('legacy ip6table_filter\n')).toEqual(['ip6table_filter'])
  })
})
