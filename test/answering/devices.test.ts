import { describe, expect, it } from 'vitest'
import type { Question } from '../../src/answering/model.js'
import { predict } from '../../src/answering/predict.js'
import { known } from '../../src/known.js'
import type { BridgePort, BridgeVlan, FdbEntry } from '../../src/node/model.js'
import { DEFAULT_RULES, ip, MAC0, MAC1, type SampleHost, sampleHost } from './sample.js'
import { PORT } from './sample-port.js'
import { ip6, sampleHost6 } from './sample6.js'

/**
 * Devices that the kernel of the lab does not have (802.1Q, VRF, bond, team, ipvlan, VLAN-aware bridges): each case with the
 * function of Linux 6.18 that decides it. What the lab has is asked of the kernel itself (test/lab/answering.test.ts).
 */
interface Case {
  readonly name: string
  readonly source: string
  readonly host: SampleHost
  readonly question?: Partial<Question>
  /** `yes DEVICE PATH …`, `no`, `unknown`. */
  readonly expected: string
}

const LO = { name: 'lo', flags: ['LOOPBACK', 'UP'], mac: 0 }
const ETH0 = { name: 'eth0' }
const BOND = { mac: MAC0, kind: 'bond' }
const VLAN7 = { name: 'eth0.7', kind: 'vlan', parent: 'eth0', vlanId: 7 }
const bond = (mode: string, activeMember: string | null) => ({
  ...BOND,
  name: 'bond0',
  bond: { mode, failOverMac: null, activeMember },
})
const member = (name: string, mac = MAC0) => ({ name, mac, master: 'bond0' })
const onBond = ['10.0.0.1/24 bond0']
const onVlan = ['10.0.0.1/24 eth0.7']

const bridge = (vlanFiltering: boolean, vlans: readonly BridgeVlan[], port: Partial<BridgePort> = {}): SampleHost => ({
  links: [
    LO,
    { name: 'eth0', mac: MAC1, master: 'br0', bridgePort: { ...PORT, ...port } },
    { name: 'br0', kind: 'bridge', bridge: { nfCallIptables: false, vlanFiltering } },
    { name: 'br0.7', kind: 'vlan', parent: 'br0', vlanId: 7 },
  ],
  addresses: ['10.0.0.1/24 br0', '10.7.0.1/24 br0.7'],
  conf: { 'all.arp_ignore': 1 },
  more: { bridgeVlans: known(vlans, 'bridge vlan') },
})
/** Of a bridge whose port neither learns nor floods. */
const withEntries = (entries: readonly FdbEntry[]): SampleHost => {
  const host = bridge(false, [], { learning: false, flood: false })
  return { ...host, more: { ...host.more, fdb: known(entries, 'bridge fdb') } }
}
const vlan = (device: string, vid: number, flags = ''): BridgeVlan => ({
  interface: device,
  vid,
  pvid: flags.includes('P'),
  untagged: flags.includes('U'),
})

const vrf = (rules: readonly string[] = DEFAULT_RULES): SampleHost => ({
  links: [
    LO,
    { name: 'eth0', master: 'vrf1' },
    { name: 'eth1', mac: MAC1 },
    { name: 'vrf1', kind: 'vrf', vrfTable: '100' },
  ],
  addresses: ['10.1.0.1/24 eth1'],
  routes: ['local 10.0.0.1 dev eth0 table 100 proto kernel scope host', '10.0.0.0/24 dev eth0 table 100 proto kernel'],
  rules: [rules[0]!, '1000: from all lookup [l3mdev-table]', ...rules.slice(1)],
})

const CASES: readonly Case[] = [
  {
    name: 'a tag with a VLAN device',
    source: 'vlan_do_receive',
    host: { links: [LO, ETH0, VLAN7], addresses: onVlan },
    question: { vlan: 7 },
    expected: 'yes eth0.7 local',
  },
  {
    name: 'a tag without one',
    source: '__netif_receive_skb_core',
    host: { links: [LO, ETH0, VLAN7], addresses: onVlan },
    question: { vlan: 8 },
    expected: 'no',
  },
  {
    name: 'the priority tag',
    source: '__netif_receive_skb_core',
    host: {},
    question: { vlan: 0 },
    expected: 'yes eth0 local',
  },
  {
    name: 'no tag, the address on the VLAN, arp_ignore 1',
    source: 'arp_ignore',
    host: { links: [LO, ETH0, VLAN7], addresses: onVlan, conf: { 'all.arp_ignore': 1 } },
    expected: 'no',
  },
  {
    name: 'the MAC of the VLAN device, not that of its parent',
    source: 'vlan_do_receive',
    host: { links: [LO, ETH0, { ...VLAN7, mac: MAC1 }], addresses: onVlan },
    question: { vlan: 7, to: MAC1 },
    expected: 'yes eth0.7 local',
  },
  {
    name: 'active-backup, the active member',
    source: 'bond_handle_frame',
    host: { links: [LO, bond('active-backup', 'eth0'), member('eth0'), member('eth1')], addresses: onBond },
    expected: 'yes bond0 local',
  },
  {
    name: 'active-backup, the other',
    source: 'bond_should_deliver_exact_match',
    host: { links: [LO, bond('active-backup', 'eth1'), member('eth0'), member('eth1')], addresses: onBond },
    expected: 'no',
  },
  {
    name: 'active-backup, no active member known',
    source: 'bond_should_deliver_exact_match',
    host: { links: [LO, bond('active-backup', null), member('eth0')], addresses: onBond },
    expected: 'unknown',
  },
  {
    name: '802.3ad, any member',
    source: 'bond_handle_frame',
    host: { links: [LO, bond('802.3ad', null), member('eth0')], addresses: onBond },
    expected: 'yes bond0 local',
  },
  {
    name: 'balance-alb, a broadcast on a member that is not active',
    source: 'bond_should_deliver_exact_match',
    host: { links: [LO, bond('balance-alb', 'eth1'), member('eth0'), member('eth1')], addresses: onBond },
    expected: 'no',
  },
  {
    name: 'balance-alb, unicast there',
    source: 'bond_should_deliver_exact_match',
    host: { links: [LO, bond('balance-alb', 'eth1'), member('eth0'), member('eth1')], addresses: onBond },
    question: { to: MAC0 },
    expected: 'yes bond0 local',
  },
  {
    name: 'a VLAN on a bond',
    source: 'vlan_do_receive',
    host: {
      links: [LO, bond('802.3ad', null), member('eth0'), { ...VLAN7, name: 'bond0.7', parent: 'bond0' }],
      addresses: ['10.0.0.1/24 bond0.7'],
    },
    question: { vlan: 7 },
    expected: 'yes bond0.7 local',
  },
  {
    name: 'team',
    source: 'team_handle_frame',
    host: {
      links: [LO, { name: 'team0', kind: 'team' }, { name: 'eth0', master: 'team0' }],
      addresses: ['10.0.0.1/24 team0'],
    },
    expected: 'yes team0 local',
  },
  {
    name: 'ipvlan, a broadcast',
    source: 'ipvlan_handle_mode_l2',
    host: {
      links: [LO, ETH0, { name: 'ipvl0', kind: 'ipvlan', parent: 'eth0' }],
      addresses: ['10.0.0.1/24 ipvl0'],
      conf: { 'all.arp_ignore': 1 },
    },
    expected: 'yes ipvl0 local',
  },
  {
    name: 'ipvlan, unicast for its address',
    source: 'ipvlan_addr_lookup',
    host: { links: [LO, ETH0, { name: 'ipvl0', kind: 'ipvlan', parent: 'eth0' }], addresses: ['10.0.0.1/24 ipvl0'] },
    question: { to: MAC0 },
    expected: 'yes ipvl0 local',
  },
  {
    name: 'ipvlan, unicast for another',
    source: 'ipvlan_addr_lookup',
    host: { links: [LO, ETH0, { name: 'ipvl0', kind: 'ipvlan', parent: 'eth0' }], addresses: ['10.0.0.1/24 eth0'] },
    question: { to: MAC0 },
    expected: 'yes eth0 local',
  },
  {
    name: 'a VRF: its own table for a probe',
    source: 'inet_addr_type_dev_table',
    host: vrf(),
    question: { asker: null },
    expected: 'yes eth0 local',
  },
  { name: 'a VRF: its own table for a request', source: 'l3mdev_update_flow', host: vrf(), expected: 'yes eth0 local' },
  {
    name: 'a VRF: the address of a device outside is not local to a probe',
    source: 'inet_addr_type_dev_table',
    host: vrf(),
    question: { target: ip('10.1.0.1'), asker: null },
    expected: 'no',
  },
  {
    name: 'a VLAN-aware bridge, untagged into the PVID',
    source: 'br_allowed_ingress',
    host: bridge(true, [vlan('eth0', 1, 'PU'), vlan('br0', 1, 'PU')]),
    expected: 'yes br0 local',
  },
  {
    name: 'a VLAN-aware bridge, a port without PVID',
    source: 'br_allowed_ingress',
    host: bridge(true, [vlan('eth0', 7), vlan('br0', 1, 'PU')]),
    expected: 'no',
  },
  {
    name: 'a VLAN-aware bridge that is not in the VLAN itself',
    source: 'br_pass_frame_up',
    host: bridge(true, [vlan('eth0', 7, 'PU'), vlan('br0', 1, 'PU')]),
    expected: 'no',
  },
  {
    name: 'a VLAN-aware bridge, up to its VLAN device',
    source: 'br_handle_vlan',
    host: bridge(true, [vlan('eth0', 7), vlan('br0', 7)]),
    question: { vlan: 7, target: ip('10.7.0.1') },
    expected: 'yes br0.7 local',
  },
  {
    name: 'a bridge port that is blocked',
    source: 'br_handle_frame',
    host: bridge(false, [], { state: 'blocking' }),
    expected: 'no',
  },
  {
    name: 'a bridge: the MAC of the port',
    source: 'br_handle_frame_finish',
    host: bridge(false, []),
    question: { to: MAC1 },
    expected: 'yes br0 local',
  },
  {
    name: 'a locked bridge port, which passes frames of machines that its table names alone',
    source: 'br_handle_frame_finish',
    host: bridge(false, [], { locked: true }),
    expected: 'unknown',
  },
  {
    name: 'a bridge port that neither learns nor floods',
    source: 'br_flood',
    host: withEntries([{ mac: MAC1, port: 'eth0', bridge: 'br0', vlan: null }]),
    expected: 'no',
  },
  {
    name: 'a bridge port that neither learns nor floods, and has an entry',
    source: 'br_forward',
    host: withEntries([{ mac: 0x02_00_00_00_00_77, port: 'eth0', bridge: 'br0', vlan: null }]),
    expected: 'unknown',
  },
  {
    name: 'a bridge port that neither learns nor floods, and nobody read its entries',
    source: 'br_forward',
    host: bridge(false, [], { learning: false, flood: false }),
    expected: 'unknown',
  },
  {
    name: 'a bridge port that learns and does not flood',
    source: 'br_fdb_update',
    host: bridge(false, [], { learning: true, flood: false }),
    expected: 'yes br0 local',
  },
  {
    name: 'a passthru macvlan that is down takes its parent’s frames',
    source: 'macvlan_handle_frame',
    host: {
      links: [LO, ETH0, { name: 'm0', kind: 'macvlan', parent: 'eth0', macvlanMode: 'passthru', flags: [] }],
      addresses: ['10.0.0.1/24 eth0'],
    },
    question: { to: MAC0 },
    expected: 'no',
  },
  {
    name: 'Open vSwitch',
    source: 'ovs_vport_receive',
    host: { links: [LO, { name: 'eth0', master: 'ovs-system' }, { name: 'ovs-system', kind: 'openvswitch' }] },
    expected: 'unknown',
  },
  {
    name: 'an XDP program',
    source: 'do_xdp_generic',
    host: { links: [LO, { name: 'eth0', xdp: 'cil_xdp_entry' }], addresses: ['10.0.0.1/24 eth0'] },
    expected: 'unknown',
  },
  {
    name: 'a vxlan port that answers for its neighbours',
    source: 'arp_reduce',
    host: {
      links: [
        LO,
        { name: 'eth0', master: 'br0', bridgePort: PORT },
        { name: 'vx0', kind: 'vxlan', vxlanProxy: true, master: 'br0', bridgePort: PORT },
        { name: 'br0', kind: 'bridge', bridge: { nfCallIptables: false, vlanFiltering: false } },
      ],
      addresses: [],
      more: {
        neighbours: known([{ family: 4, ip: '10.0.0.1', interface: 'vx0', mac: MAC1, states: ['PERMANENT'] }], ''),
      },
    },
    expected: 'yes eth0 vxlan-proxy',
  },
]

it.each([
  [{ broadcastFlood: false }, 'yes'],
  [{ multicastFlood: false }, 'unknown'],
])('a vxlan port that answers for its neighbours gets solicitations of IPv6 as multicast: %o, %s', (port, answers) => {
  const neighbour = { family: 6, ip: '2001:db8::240', interface: 'vx0', mac: MAC1, states: ['PERMANENT'] } as const
  const host = sampleHost6({
    links: [
      LO,
      { name: 'eth0', master: 'br0', bridgePort: PORT },
      { name: 'vx0', kind: 'vxlan', vxlanProxy: true, master: 'br0', bridgePort: { ...PORT, ...port } },
      { name: 'br0', kind: 'bridge', bridge: { nfCallIptables: false, vlanFiltering: false } },
    ],
    addresses: [],
    more: { neighbours: known([neighbour], '') },
  })
  expect(predict(host, { target: ip6('2001:db8::240'), asker: ip6('::1'), to: null, on: 'eth0' }).answers).toBe(answers)
})

describe('devices that the lab has not', () => {
  it.each(CASES)('$source: $name', ({ host, question, expected }) => {
    const { answers, replies } = predict(sampleHost(host), {
      target: ip('10.0.0.1'),
      asker: ip('10.0.0.9'),
      to: null,
      on: 'eth0',
      ...question,
    })
    const said = [answers, ...replies.map(({ interface: device, path }) => `${device} ${path}`)].join(' ')
    expect(said).toBe(expected)
  })
})

it('does not name the MAC that balance-alb gives to this asker', () => {
  const host = sampleHost({
    links: [LO, bond('balance-alb', 'eth0'), member('eth0'), member('eth1', MAC1)],
    addresses: onBond,
  })
  const { replies } = predict(host, { target: ip('10.0.0.1'), asker: ip('10.0.0.9'), to: null, on: 'eth0' })
  expect(replies.map(({ mac }) => mac)).toEqual([null])
})
