import { once } from 'node:events'
import type { HostSpec, SegmentSpec } from './model.js'
import { responder, type Sending, sender } from './programs.js'
import type { Segment } from './segment.js'

/** A segment with a known fault, or none. */
export interface Scenario {
  readonly name: string
  /** One line for `l2doctor demo --list`. */
  readonly summary: string
  readonly segment: SegmentSpec
  /** Sets off what happens on the segment; resolves when it is under way. `phase` shifts what repeats in threes. */
  start?(segment: Segment, phase: number): Promise<void>
  /** Flags of a live scan besides --vip and --interface, where its defaults would not do. */
  readonly pace?: readonly string[]
  /** Flags that a scan of the wire and one of a capture both need. */
  readonly judge?: readonly string[]
  /** Whether a scan of its VIP reports an error; where not, it must report none. */
  readonly fails: boolean
}

export const VIP = '10.77.0.240'
const [MAC_A, MAC_B] = ['02:00:00:00:00:11', '02:00:00:00:00:12']
const VRRP_MAC = '00:00:5e:00:01:33'
const owner: HostSpec = { name: 'node-a', vips: [VIP] }

/** The first is what `l2doctor demo` shows. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'two-owners',
    summary: 'two nodes hold the same VIP and both answer for it',
    segment: { hosts: [owner, { name: 'node-b', vips: [VIP] }, { name: 'node-c' }] },
    fails: true,
  },
  {
    name: 'three-owners',
    summary: 'every node answers, as with kube-proxy in ipvs mode without strictARP',
    segment: { hosts: ['node-a', 'node-b', 'node-c'].map((name) => ({ name, vips: [VIP] })) },
    fails: true,
  },
  {
    name: 'proxy-arp',
    summary: 'one node holds the VIP, another answers for it by proxy_arp, up to 0.8 s late',
    segment: { hosts: [owner, { name: 'node-b', proxies: [VIP] }] },
    fails: true,
  },
  {
    name: 'intermittent',
    summary: 'the only responder answers one broadcast in three',
    segment: { hosts: [{ name: 'node-a' }] },
    start: (segment, phase) => respond(segment, 'node-a', 'every=3', `skip=${phase % 3}`),
    pace: ['--rounds', '9'],
    fails: true,
  },
  {
    name: 'hidden-second',
    summary: 'beside the owner a second node answers, but only one broadcast in three',
    segment: { hosts: [owner, { name: 'node-b' }] },
    start: (segment, phase) => respond(segment, 'node-b', 'every=3', `skip=${phase % 3}`),
    fails: true,
  },
  {
    name: 'flip-flop',
    summary: 'the VIP moves between two nodes every 2 s, each time announced',
    segment: { hosts: [owner, { name: 'node-b' }] },
    start: async (segment) => void segment.script(flips()),
    // ten rounds of a second see four or five of the moves; the default three could fall between two of them
    pace: ['--rounds', '10', '--interval', '1s'],
    fails: true,
  },
  {
    name: 'silent',
    summary: 'nobody answers for the VIP',
    segment: { hosts: [{ name: 'node-a' }, { name: 'node-b' }] },
    fails: true,
  },
  {
    name: 'deaf',
    summary: 'the owner answers unicast requests, but the switch sends it no broadcasts',
    segment: { hosts: [{ ...owner, deaf: true }] },
    judge: ['--expect-mac', MAC_A],
    fails: true,
  },
  {
    name: 'storm',
    summary: 'a node sends 300 ARP requests a second',
    segment: { hosts: [owner, { name: 'node-b' }] },
    start: async (segment) => {
      const storm: Sending = { kind: 'request', mac: MAC_B, ip: '10.77.0.254', rate: 300, count: 0 }
      segment.spawn('node-b', sender(storm), { stdio: 'ignore' })
    },
    // a storm is an error from the third second on
    pace: ['--rounds', '5', '--interval', '1s'],
    fails: true,
  },
  {
    name: 'healthy',
    summary: 'one node answers, at once and always',
    segment: { hosts: [owner, { name: 'node-b' }, { name: 'node-c' }] },
    fails: false,
  },
  {
    name: 'failover',
    summary: 'the VIP moves once during the scan, announced by gratuitous ARP',
    segment: { hosts: [owner, { name: 'node-b' }] },
    start: async (segment) => void segment.script(failover()),
    pace: ['--rounds', '5', '--interval', '1s'],
    fails: false,
  },
  {
    name: 'answers-twice',
    summary: 'one node answers twice with one MAC: its kernel and an announcer on it',
    segment: { hosts: [owner] },
    start: (segment) => respond(segment, 'node-a'),
    fails: false,
  },
  {
    name: 'vrrp',
    summary: 'the VIP is at a VRRP virtual MAC, as with keepalived use_vmac',
    segment: { hosts: [{ name: 'node-a', setup: vmac() }, { name: 'node-b' }] },
    fails: false,
  },
]

/** A responder in user space on one host, up when this resolves. */
async function respond(segment: Segment, host: string, ...options: readonly string[]): Promise<void> {
  const child = segment.spawn(host, responder('eth0', VIP, ...options), { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout!, 'data')
}

/** keepalived's use_vmac: a macvlan with the VRRP MAC holds the address, the parent stays silent for it. */
function vmac(): string[] {
  return [
    `ip link add vrrp51 link eth0 address ${VRRP_MAC} type macvlan mode private`,
    'echo 1 > /proc/sys/net/ipv4/conf/eth0/arp_ignore',
    'ip link set vrrp51 up',
    `ip addr add ${VIP}/32 dev vrrp51`,
  ]
}

/** One move, in the second round of whoever asks first: too early or too late would not be during the scan. */
function failover(): string[] {
  const asked = `arp[6:2] = 1 and arp dst host ${VIP}`
  return [
    `ip netns exec $NODE_A tcpdump -p -i eth0 -c 1 '${asked}'`,
    'sleep 1.5',
    ...move('$NODE_A', '$NODE_B', MAC_B, 5),
  ]
}

function flips(): string[] {
  const there = move('$NODE_A', '$NODE_B', MAC_B, 1)
  const back = move('$NODE_B', '$NODE_A', MAC_A, 1)
  return ['while :', 'do', 'sleep 2', ...there, 'sleep 2', ...back, 'done']
}

/** Takes the VIP from one namespace to the other and announces it there. */
function move(from: string, to: string, mac: string, announcements: number): string[] {
  const announce = sender({ kind: 'announcement', mac, ip: VIP, rate: 5, count: announcements })
  return [
    `ip -n ${from} addr del ${VIP}/32 dev eth0`,
    `ip -n ${to} addr add ${VIP}/32 dev eth0`,
    `ip netns exec ${to} ${announce.join(' ')}`,
  ]
}
