import type { HostSpec } from '../../../src/lab/model.js'
import type { Instance } from '../keepalived.js'

export const VIP = '10.77.0.240'

/** A fault of our own making, and what should come of it. Hosts are `node-a`, 10.77.0.11, 02:00:00:00:00:11 and so on. */
export interface Fault {
  readonly name: string
  /** What clients ask for; VIP where nothing is said. */
  readonly vip?: string
  readonly hosts: readonly HostSpec[]
  /** What keepalived of each host runs with; its configuration lies in /etc/keepalived there. Null: it runs none. */
  readonly keepalived?: readonly (Instance | null)[]
  /** Seconds until these agree; 5 where nothing is said. */
  readonly agreed?: number
  /** Shell lines in one host after another, once all of them stand. */
  readonly afterwards?: readonly (readonly [host: string, line: string])[]
  /** Shell lines in the client's namespace before anything is asked. */
  readonly client?: readonly string[]
  /** The hosts are read by a cable of their own, as the segment does not reach them while the fault is there. */
  readonly management?: true
  /** Flags of `diagnose` besides --vip and --host. */
  readonly flags?: readonly string[]
  /** The objects of the cluster, with fresh times. */
  readonly cluster?: string
  /** The one MAC that answers for the VIP once the first fix is done. Null: no change may be printed, the steps only look. */
  readonly right: string | null
  /** Undoing the fix does not bring the fault back: the kernel decided it when the address came. */
  readonly staysCured?: true
  /** `scan` sees nothing of it: the setting itself is the fault, and this shows it; empty once it is mended. */
  readonly shows?: { readonly host: string; readonly run: string }
}

const A = '02:00:00:00:00:11'
const B = '02:00:00:00:00:12'

const a = (more: Partial<HostSpec> = {}): HostSpec => ({ name: 'node-a', ...more })
const b = (more: Partial<HostSpec> = {}): HostSpec => ({ name: 'node-b', ...more })
const holds = { vips: [VIP] }
const conf = (values: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [`net.ipv4.conf.${key}`, value]))

/** A second NIC on the segment, with a MAC of its own. */
const nic = (name: string, ...more: readonly string[]) => [
  `ip link add ${name} link eth0 address 02:00:00:00:01:11 type macvlan mode bridge`,
  ...more,
]
/** The client has an address of another network on the same wire. */
const OF_ANOTHER_NETWORK = [
  'ip addr flush dev eth0',
  'ip addr add 192.0.2.100/24 dev eth0',
  'ip route add 10.77.0.0/24 dev eth0',
]
/** A link that leads nowhere. */
const aside = (name: string) => [
  `ip link add ${name} type veth peer name ${name}p`,
  `ip link set ${name} up`,
  `ip link set ${name}p up`,
]
/** The host's own NIC becomes the port of a bridge, as on a hypervisor. */
const bridged = (...more: readonly string[]) => [
  'ip link add br0 address 02:00:00:00:00:11 type bridge stp_state 0',
  'ip addr flush dev eth0',
  'ip link set eth0 master br0',
  `ip addr add 10.77.0.11/24 dev br0`,
  `ip addr add ${VIP}/32 dev br0`,
  'ip link set br0 up',
  ...more,
]
const portFlag = (flag: string, bad: 'on' | 'off'): Fault => ({
  name: `bridge port with ${flag} ${bad}`,
  hosts: [a({ setup: bridged(`ip link set dev eth0 type bridge_slave ${flag} ${bad}`) })],
  right: A,
  shows: { host: 'node-a', run: `ip -d link show dev eth0 | grep -o '\\b${flag} ${bad}' || true` },
})
const nft = (family: string, hook: string, rule: string): string[] => [
  `nft add table ${family} guard`,
  `nft 'add chain ${family} guard in { type filter hook ${hook} priority 0; }'`,
  `nft '${rule}'`,
]

export const FAULTS: readonly Fault[] = [
  {
    name: 'two holders, and the operator says which is right',
    hosts: [a(holds), b(holds)],
    flags: ['--expect-mac', B],
    right: B,
  },
  {
    name: 'two holders, and the operator says that it is the first',
    hosts: [a(holds), b(holds)],
    flags: ['--expect-mac', A],
    right: A,
  },
  { name: 'two masters, and nobody says which is right', hosts: [a(holds), b(holds)], right: null },
  {
    name: 'the operator expects a machine that does not hold it',
    hosts: [a(holds), b()],
    flags: ['--expect-mac', B],
    right: null,
  },
  { name: 'proxy_arp with a route', hosts: [a({ proxies: [VIP] }), b(holds)], right: B },
  {
    name: 'proxy_arp of all interfaces with a route',
    hosts: [
      a({
        setup: [
          'ip link add back0 type veth peer name back1',
          'ip link set back0 up',
          'ip link set back1 up',
          `ip route add ${VIP}/32 dev back0`,
        ],
        sysctls: conf({ 'eth0.forwarding': 1, 'all.proxy_arp': 1 }),
      }),
      b(holds),
    ],
    right: B,
  },
  {
    name: 'proxy_arp_pvlan',
    hosts: [a({ sysctls: conf({ 'eth0.forwarding': 1, 'eth0.proxy_arp_pvlan': 1 }) }), b(holds)],
    right: B,
  },
  {
    name: 'proxy_arp_pvlan of all interfaces',
    hosts: [a({ sysctls: conf({ 'eth0.forwarding': 1, 'all.proxy_arp_pvlan': 1 }) }), b(holds)],
    right: B,
  },
  {
    name: 'a static proxy entry',
    hosts: [
      a({
        sysctls: conf({ 'eth0.forwarding': 1, 'eth0.send_redirects': 0 }),
        setup: [
          `ip neigh add proxy ${VIP} dev eth0`,
          'ip link add back0 type veth peer name back1',
          'ip link set back0 up',
          'ip link set back1 up',
          `ip route add ${VIP}/32 dev back0`,
        ],
      }),
      b(holds),
    ],
    right: B,
  },
  {
    name: 'two NICs that answer alike',
    hosts: [a({ ...holds, setup: nic('eth1', 'ip addr add 10.77.0.31/24 dev eth1', 'ip link set eth1 up') })],
    right: A,
  },
  {
    name: 'two NICs that answer alike, and the operator says which',
    hosts: [a({ ...holds, setup: nic('eth1', 'ip addr add 10.77.0.31/24 dev eth1', 'ip link set eth1 up') })],
    flags: ['--expect-mac', A],
    right: A,
  },
  {
    name: 'arp_ignore that answers nothing',
    hosts: [
      a({
        ...holds,
        sysctls: conf({ 'eth0.arp_ignore': 8 }),
        setup: ['ip neigh replace 10.77.0.100 lladdr 02:00:00:00:01:00 dev eth0 nud permanent'],
      }),
    ],
    client: [`ip neigh replace 10.77.0.11 lladdr ${A} dev eth0 nud permanent`],
    right: A,
  },
  {
    name: 'arp_ignore of all interfaces that answers nothing',
    hosts: [a({ ...holds, sysctls: conf({ 'all.arp_ignore': 8 }) })],
    client: [`ip neigh replace 10.77.0.11 lladdr ${A} dev eth0 nud permanent`],
    right: A,
  },
  {
    name: 'arp_ignore too loose on a real server of LVS',
    hosts: [a({ setup: [`ip addr add ${VIP}/32 dev lo`] }), b(holds)],
    flags: ['--expect-mac', B],
    right: B,
  },
  {
    name: 'the address on lo, needed there',
    hosts: [a({ setup: [`ip addr add ${VIP}/32 dev lo`] }), b()],
    right: null,
  },
  portFlag('proxy_arp', 'on'),
  { ...portFlag('hairpin', 'on'), management: true },
  portFlag('bcast_flood', 'off'),
  portFlag('flood', 'off'),
  {
    name: 'an nft rule of family arp',
    hosts: [a({ ...holds, setup: nft('arp', 'input', `add rule arp guard in arp daddr ip ${VIP} counter drop`) })],
    right: A,
  },
  {
    name: 'an nft rule of family arp on the way out',
    hosts: [a({ ...holds, setup: nft('arp', 'output', `add rule arp guard in arp saddr ip ${VIP} drop`) })],
    right: A,
  },
  {
    name: 'an nft rule of family bridge',
    hosts: [
      a({
        setup: bridged(...nft('bridge', 'input', `add rule bridge guard in ether type arp arp daddr ip ${VIP} drop`)),
      }),
    ],
    right: A,
  },
  {
    name: 'a VIP left on the old leader of kube-vip',
    hosts: [a(holds), b(holds)],
    cluster: 'fixtures/rules/kube-vip/stale-vip/fires-old-leader/cluster.yaml',
    right: B,
  },
  {
    name: 'the interface of the address without ARP',
    hosts: [
      a({
        sysctls: conf({ 'eth0.arp_ignore': 1 }),
        setup: nic('svc0', `ip addr add ${VIP}/32 dev svc0`, 'ip link set svc0 up arp off'),
      }),
    ],
    right: '02:00:00:00:01:11',
  },
  {
    name: 'the interface of the address is down',
    hosts: [
      a({
        sysctls: conf({ 'eth0.arp_ignore': 1 }),
        setup: nic('svc0', `ip addr add ${VIP}/32 dev svc0`),
      }),
    ],
    right: '02:00:00:00:01:11',
  },
  {
    name: 'arp_ignore 1 while the address is on lo and needed',
    hosts: [a({ sysctls: conf({ 'eth0.arp_ignore': 1 }), setup: [`ip addr add ${VIP}/32 dev lo`] }), b()],
    right: A,
  },
  {
    name: 'arp_ignore 1 while the address is on lo and needed, and others there are not',
    hosts: [
      a({
        sysctls: conf({ 'all.arp_ignore': 1 }),
        setup: [`ip addr add ${VIP}/32 dev lo`, 'ip addr add 10.77.0.241/32 dev lo'],
      }),
      b({ vips: ['10.77.0.241'] }),
    ],
    right: A,
  },
  {
    name: 'the address on an interface that the segment does not reach, behind arp_ignore 1',
    hosts: [
      a({
        sysctls: conf({ 'eth0.arp_ignore': 1 }),
        setup: [...aside('svc0'), `ip addr add ${VIP}/32 dev svc0`],
      }),
    ],
    right: A,
  },
  {
    name: 'arp_filter with the way back by another interface',
    management: true,
    hosts: [
      a({
        ...holds,
        sysctls: conf({ 'all.arp_filter': 1 }),
        setup: [...aside('back0'), 'ip route add 10.77.0.100/32 dev back0'],
      }),
    ],
    right: A,
  },
  {
    name: 'strict rp_filter for an asker of another network',
    management: true,
    hosts: [
      a({
        ...holds,
        sysctls: conf({ 'eth0.rp_filter': 1 }),
        setup: [...aside('back0'), 'ip route add default dev back0'],
      }),
    ],
    client: OF_ANOTHER_NETWORK,
    right: A,
  },
  {
    name: 'an address that answers probes but no requests',
    management: true,
    hosts: [a({ ...holds, sysctls: conf({ 'eth0.arp_ignore': 2 }), setup: ['ip route add default dev eth0'] })],
    client: OF_ANOTHER_NETWORK,
    right: A,
  },
  {
    name: 'an address on lo of a real server, and nobody says which is right',
    hosts: [a({ setup: [`ip addr add ${VIP}/32 dev lo`] }), b(holds)],
    right: B,
  },
  {
    name: 'an nft rule for a whole network, set on purpose',
    hosts: [
      a({
        ...holds,
        setup: nft('arp', 'input', 'add rule arp guard in iifname "eth0" arp daddr ip 10.77.0.128/25 counter drop'),
      }),
    ],
    right: A,
  },
  {
    name: 'a chain of nft that drops what no rule accepts',
    hosts: [
      a({
        ...holds,
        setup: [
          ...nft('arp', 'input', 'add rule arp guard in arp daddr ip 10.77.0.11 accept'),
          "nft 'add chain arp guard in { policy drop; }'",
        ],
      }),
    ],
    right: A,
  },
  {
    name: 'two faults, one behind the other',
    hosts: [
      a({
        sysctls: conf({ 'eth0.arp_ignore': 1 }),
        setup: [
          `ip addr add ${VIP}/32 dev lo`,
          ...nft('arp', 'output', `add rule arp guard in arp saddr ip ${VIP} drop`),
        ],
      }),
    ],
    right: A,
  },
  {
    name: 'a wrong entry in the neighbour table of the asker',
    hosts: [a(holds)],
    client: [`ip neigh replace ${VIP} lladdr 02:00:00:00:09:99 dev eth0 nud permanent`],
    right: A,
    shows: { host: 'client', run: `ip neigh show to ${VIP} | grep -o 'lladdr 02:00:00:00:09:99' || true` },
  },
  {
    name: 'a wrong entry in the neighbour table of another host',
    hosts: [a(holds), b({ setup: [`ip neigh replace ${VIP} lladdr 02:00:00:00:09:99 dev eth0 nud permanent`] })],
    right: A,
    shows: { host: 'node-b', run: `ip neigh show to ${VIP} | grep -o 'lladdr 02:00:00:00:09:99' || true` },
  },
  {
    name: 'nobody holds the address, and the operator says who should',
    hosts: [a(), b()],
    flags: ['--expect-mac', A],
    right: A,
  },
  {
    name: 'a policy rule before the local table',
    hosts: [
      a({
        ...holds,
        setup: ['ip rule add pref 100 lookup local', `ip rule add pref 50 to ${VIP} blackhole`, 'ip rule del pref 0'],
      }),
    ],
    right: A,
  },
  {
    name: 'a policy rule of the address, and strict rp_filter',
    management: true,
    hosts: [
      a({
        ...holds,
        sysctls: conf({ 'all.rp_filter': 1 }),
        setup: [
          ...aside('back0'),
          'ip addr add 10.99.0.1/24 dev back0',
          'ip route add default dev back0 table 100',
          `ip rule add from ${VIP} lookup 100`,
        ],
      }),
    ],
    right: A,
  },
  {
    name: 'the address on a macvlan, and its parent answers too',
    hosts: [a({ setup: nic('svc0', `ip addr add ${VIP}/32 dev svc0`, 'ip link set svc0 up') })],
    right: '02:00:00:00:01:11',
  },
  {
    name: 'an nft rule of family netdev',
    hosts: [
      a({
        ...holds,
        setup: [
          'nft add table netdev guard',
          "nft 'add chain netdev guard in { type filter hook ingress device eth0 priority 0; }'",
          `nft 'add rule netdev guard in arp daddr ip ${VIP} drop'`,
        ],
      }),
    ],
    right: A,
  },
  {
    name: 'a proxy answers, and the holder is mute on the segment but not elsewhere',
    management: true,
    hosts: [a({ proxies: [VIP] }), b({ ...holds, sysctls: conf({ 'eth0.arp_ignore': 8 }) })],
    right: null,
  },
]
