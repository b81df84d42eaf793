import type { Fault } from './cures/faults.js'
import type { Instance } from './keepalived.js'

const VIP = '10.77.0.240'
const OTHER = '10.77.0.241'
const VIP6 = 'fd77::240'

/** Two real keepalived in a state that is wrong, what must be said of it, and what a reader does that no machine can. */
export interface VrrpState extends Omit<Fault, 'right' | 'keepalived'> {
  readonly keepalived: readonly (Instance | null)[]
  /** Shell lines once the masters are settled. */
  readonly later?: readonly (readonly [host: string, line: string])[]
  /** The finding to act on first: its rule, or one of two where it is a matter of which frames were heard. */
  readonly rules: readonly string[]
  readonly certainty: 'certain' | 'likely'
  /** What its message names. */
  readonly says: RegExp
  /** What its fix names in a step for people. */
  readonly advises?: RegExp
  /** What that step comes to: the settings of each host as they should be, or shell lines. */
  readonly byHand?: { readonly keepalived?: readonly (Instance | null)[]; readonly lines?: VrrpState['later'] }
}

const hosts = [{ name: 'node-a' }, { name: 'node-b' }]
const A: Instance = { priority: 150, vips: [VIP] }
const B: Instance = { priority: 100, vips: [VIP] }
const v2 = (instance: Instance, more: Partial<Instance> = {}): Instance => ({
  ...instance,
  version: 2,
  interval: 1,
  ...more,
})
/** Whoever edits the settings of both has both read again; a printed step may name one of them, by what was heard. */
const RELOADED = hosts.map(({ name }) => [name, 'systemctl reload keepalived'] as const)
const unicast = (instance: Instance, peer: string): Instance => ({
  ...instance,
  lines: [`unicast_peer {\n    ${peer}\n  }`],
})
const six = { hosts: hosts.map((host, at) => ({ ...host, address6: `fd77::1${at + 1}/64` })), vip: VIP6 }
const SIX = { vips: ['fe80::77:1', `${VIP6}/64`] }
/** Lines that make eth0 a port of a bridge, which takes its address. */
const bridged = (n: number) =>
  [
    `ip link add br0 address 02:00:00:00:00:1${n} type bridge stp_state 0`,
    'ip link set eth0 master br0',
    `ip addr add 10.77.0.1${n}/24 dev br0`,
    'ip link set br0 up',
  ].join(' && ')
/** What a script tracks: a setting of the host that nothing else reads, switched every two seconds. */
const TRACKED = '/proc/sys/net/ipv4/conf/eth0/log_martians'
const tracking = (wanted: 0 | 1, ...more: readonly string[]) => ({
  before: [
    `vrrp_script tracked {\n  script "/bin/grep -q ${wanted} ${TRACKED}"\n  interval 1\n  user root\n  ${more.join('\n  ')}\n}`,
  ],
  lines: ['track_script {\n    tracked\n  }'],
})
const switching = (host: string) =>
  [
    host,
    `(while sleep 2; do echo 1 > ${TRACKED}; sleep 2; echo 0 > ${TRACKED}; done) > /dev/null 2>&1 < /dev/null &`,
  ] as const
const LONG = ['--rounds', '7', '--interval', '2s']
const NO_ADVERTS = (family: string, match: string) =>
  `nft add table ${family} guard; nft 'add chain ${family} guard in { type filter hook input priority 0; }'; nft 'add rule ${family} guard in ${match} drop'`

/** Settings that keep two machines from being one virtual router. */
export const SETTINGS: readonly VrrpState[] = [
  {
    name: 'another version',
    hosts,
    keepalived: [A, v2(B, { password: null })],
    rules: ['vrrp/configurations-differ', 'vrrp/settings-differ'],
    certainty: 'likely',
    says: /version (is )?(3 and 2|2 and 3)/,
    advises: /vrrp_version|version 3/,
    byHand: { keepalived: [A, B], lines: RELOADED },
  },
  {
    name: 'another interval of VRRPv2',
    hosts,
    keepalived: [v2(A), v2(B, { interval: 2 })],
    agreed: 9,
    rules: ['vrrp/configurations-differ', 'vrrp/settings-differ'],
    certainty: 'likely',
    says: /(advert_int is|interval) (1 s and 2 s|2 s and 1 s)/,
    advises: /advert_int/,
    byHand: { keepalived: [v2(A), v2(B)], lines: RELOADED },
  },
  {
    name: 'another password',
    hosts,
    keepalived: [v2(A), v2(B, { password: 'anderes' })],
    rules: ['vrrp/held-by-two', 'vrrp/two-masters'],
    certainty: 'likely',
    says: /both (hold|advertise)/,
    advises: /same password\?.*the same auth_pass/,
    byHand: {
      keepalived: [v2(A), v2(B)],
      lines: RELOADED,
    },
  },
  {
    name: 'another list of addresses',
    hosts,
    keepalived: [A, { ...B, vips: [VIP, OTHER] }],
    rules: ['vrrp/addresses-differ', 'vrrp/configurations-differ'],
    certainty: 'likely',
    says: /only node-b has 10\.77\.0\.241|virtual_ipaddress is 10\.77\.0\.240 and 10\.77\.0\.240 10\.77\.0\.241/,
    advises: /which list is right|virtual_ipaddress/,
    byHand: {
      keepalived: [
        { ...A, vips: [VIP, OTHER] },
        { ...B, vips: [VIP, OTHER] },
      ],
      lines: RELOADED,
    },
  },
  {
    name: 'two clusters with one ID',
    hosts,
    keepalived: [
      { ...A, priority: 100 },
      { ...B, vips: [OTHER] },
    ],
    rules: ['vrrp/id-clash'],
    certainty: 'likely',
    says: /used by 2 clusters/,
    advises: /set virtual_router_id 52/,
    byHand: {
      keepalived: [
        { ...A, priority: 100 },
        { ...B, vips: [OTHER], vrid: 52 },
      ],
      lines: RELOADED,
    },
  },
  {
    name: 'unicast peers that do not name each other',
    hosts,
    keepalived: [unicast(A, '10.77.0.13'), unicast(B, '10.77.0.11')],
    rules: ['vrrp/configurations-differ'],
    certainty: 'likely',
    says: /unicast_peer is 10\.77\.0\.13 and 10\.77\.0\.11/,
    advises: /unicast_peer of each the addresses of all others/,
    byHand: { keepalived: [unicast(A, '10.77.0.12'), unicast(B, '10.77.0.11')] },
  },
  {
    name: 'unicast beside multicast',
    hosts,
    keepalived: [unicast(A, '10.77.0.12'), B],
    rules: ['vrrp/configurations-differ'],
    certainty: 'likely',
    says: /unicast_peer is 10\.77\.0\.12 and none \(multicast\)/,
    byHand: { keepalived: [unicast(A, '10.77.0.12'), unicast(B, '10.77.0.11')] },
  },
]

/** What a host does to its own keepalived. */
export const HOSTS: readonly VrrpState[] = [
  {
    name: 'an interface that does not exist',
    hosts,
    keepalived: [{ ...A, interface: 'eth9' }, null],
    rules: ['vrrp/instance-interface'],
    // keepalived has ended, as where nobody ever started it
    certainty: 'likely',
    says: /set to eth9, which does not exist/,
    byHand: { keepalived: [A, null] },
  },
  {
    name: 'an interface that has become a bridge port before it starts',
    hosts,
    keepalived: [A, null],
    afterwards: [['node-a', `ip addr flush dev eth0 && ${bridged(1)}`]],
    management: true,
    rules: ['vrrp/instance-interface'],
    certainty: 'likely',
    says: /a port of br0 now/,
    advises: /interface br0, where it says interface eth0/,
    byHand: { keepalived: [{ ...A, interface: 'br0' }, null] },
  },
  {
    name: 'a backup whose interface becomes a bridge port while it runs',
    hosts,
    keepalived: [A, B],
    // later, the host has its address on the bridge alone
    later: [['node-b', bridged(2)]],
    management: true,
    rules: ['vrrp/two-masters'],
    certainty: 'certain',
    says: /node-b does so although node-a has the higher priority: its eth0 is a port of br0 now/,
    advises: /interface br0, where it says interface eth0/,
    byHand: { keepalived: [A, { ...B, interface: 'br0' }], lines: [['node-b', 'ip addr del 10.77.0.12/24 dev eth0']] },
  },
  {
    name: 'a master that loses its own address',
    hosts,
    keepalived: [A, null],
    later: [['node-a', 'ip addr del 10.77.0.11/24 dev eth0']],
    management: true,
    rules: ['vrrp/instance-interface'],
    certainty: 'likely',
    says: /no address to advertise from/,
    advises: /Restore the address of eth0/,
    byHand: { lines: [['node-a', 'ip addr add 10.77.0.11/24 dev eth0']] },
  },
  {
    name: 'a master whose packet filter drops ARP for its address',
    hosts,
    keepalived: [A, B],
    later: [
      [
        'node-a',
        `nft add table arp guard; nft 'add chain arp guard in { type filter hook input priority 0; }'; nft add rule arp guard in arp daddr ip ${VIP} drop`,
      ],
    ],
    rules: ['answers/silent-holder'],
    certainty: 'certain',
    says: /node-a holds it on eth0, but keeps silent on eth0: the packet filter drops/,
  },
  {
    name: 'a backup whose packet filter drops the adverts of IPv6',
    ...six,
    keepalived: [
      { ...A, ...SIX },
      { ...B, ...SIX },
    ],
    later: [['node-b', NO_ADVERTS('ip6', 'ip6 nexthdr 112')]],
    rules: ['vrrp/two-masters'],
    certainty: 'certain',
    says: /node-b does so although node-a has the higher priority: a rule of nft ip6 guard in drops VRRP/,
  },
  {
    name: 'a backup that hears only some of the adverts',
    hosts,
    keepalived: [A, B],
    later: [['node-b', NO_ADVERTS('inet', 'ip protocol vrrp numgen random mod 100 < 60')]],
    flags: ['--rounds', '5', '--interval', '2s'],
    rules: ['vrrp/two-masters'],
    certainty: 'certain',
    says: /node-b does so although node-a has the higher priority: a rule of nft inet guard in drops VRRP/,
  },
]

/** Masters that come and go. */
export const CHANGES: readonly VrrpState[] = [
  {
    name: 'scripts that fail in turn',
    hosts,
    keepalived: [
      { ...B, ...tracking(1) },
      { ...B, ...tracking(0) },
    ],
    later: [switching('node-a'), switching('node-b')],
    flags: LONG,
    rules: ['vrrp/flapping'],
    certainty: 'certain',
    says: /changed its master \d+ times .*every [345](\.\d)? s one returned.*resigned \d+ times/,
    byHand: { keepalived: [B, B], lines: RELOADED },
  },
  {
    name: 'a script that takes from the priority and gives it back',
    hosts,
    keepalived: [{ ...A, ...tracking(1, 'weight -80') }, B],
    later: [switching('node-a')],
    flags: LONG,
    rules: ['vrrp/preemption-loop'],
    certainty: 'certain',
    says: /node-a .* from a master of lower priority \d+ times, every [345](\.\d)? s, and lowered its priority/,
    advises: /"nopreempt"/,
    byHand: {
      keepalived: [{ ...A, ...tracking(1, 'weight -80'), lines: [...tracking(1).lines, 'nopreempt'] }, B],
    },
  },
]
