import type { ChildProcess } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { HostSpec } from '../../src/lab/model.js'
import { responder, sender } from '../../src/lab/programs.js'
import { buildSegment, type Done, type Segment } from '../../src/lab/segment.js'
import { type Instance, startKeepalived } from './keepalived.js'
import { cutMemberlist, hears, serveMemberlist } from './memberlist.js'
import { ready } from './ready.js'
import { CLI, ownFiles, SshHosts } from './ssh-hosts.js'

/** A whole situation: hosts on a wire, the cluster's objects, and what a diagnosis of both and of the hosts must say. */
export interface Situation {
  readonly name: string
  /** Nodes of the lab; names and addresses are those of the cluster file. */
  readonly hosts: readonly HostSpec[]
  /** The objects that the API serves. */
  readonly cluster: string
  /** Hosts on which a program answers for the VIP, as MetalLB and Cilium do: the kernel does not hold it. */
  readonly announcers?: readonly string[]
  /** All nodes but strangers listen on memberlist's port, and the packet filter of this one drops it both ways. */
  readonly cutOff?: string
  /** Hosts on which real keepalived runs, each of which becomes a master. */
  readonly masters?: Readonly<Record<string, Instance>>
  /** Hosts of the segment that are no nodes: no sshd. */
  readonly strangers?: readonly string[]
  /** What happens while the diagnosis runs. */
  readonly meanwhile?: (segment: Segment) => void
  /** Flags besides --vip. */
  readonly pace?: readonly string[]
  /** Rule and subject of the first cause or, where the wire shows nothing, of the first fault; null: nothing is wrong. */
  readonly root: { readonly rule: string; readonly subject: string } | null
  /** Something of the deciding evidence; several where it comes from several places. */
  readonly evidence?: string | readonly string[]
  /** The symptom on the wire; null: ARP is fine. */
  readonly symptom: string | null
}

export const VIP = '10.77.0.240'
const rule = (fixture: string) => `fixtures/rules/${fixture}/cluster.yaml`
const metallb = rule('metallb/split-status/clean-failover')
const NODES = ['node-a', 'node-b', 'node-c'] as const
const nodes = (more: Partial<Record<(typeof NODES)[number], Partial<HostSpec>>> = {}) =>
  NODES.map((name) => ({ name, sysctls: { 'net.ipv4.ip_forward': 1 }, ...more[name] }))

const IPVS = ['ip link add kube-ipvs0 type veth peer name vethipvs', `ip addr add ${VIP}/32 dev kube-ipvs0`]
/** The host end of a pod: this is a node of a cluster. */
const POD = 'ip link add cali0a1b2c type veth peer name pod0'
/** As host-gw and native routing have it: no overlay takes what goes to node-a's pods off the bridge. */
const PODS_OF_NODE_A = 'ip route add 10.244.1.0/24 via 10.77.0.11 dev br0'
/** The node's own address and its NIC move to a bridge, as on a hypervisor. */
const bridged = (address: string, ...more: readonly string[]) => [
  'ip link add br0 type bridge stp_state 0',
  'ip addr flush dev eth0',
  'ip link set eth0 master br0',
  `ip addr add ${address}/24 dev br0`,
  'ip link set br0 up',
  ...more,
]

export const situations: readonly Situation[] = [
  {
    name: 'IPVS without strictARP',
    hosts: NODES.map((name) => ({ name, setup: IPVS, sysctls: { 'net.ipv4.ip_forward': 1 } })),
    cluster: rule('kube-proxy/ipvs-without-strict-arp/fires-config-map'),
    root: { rule: 'kube-proxy/ipvs-without-strict-arp', subject: 'ConfigMap/kube-system/kube-proxy' },
    evidence: 'strictARP',
    symptom: 'wire/duplicate-responders',
  },
  {
    name: 'a kube-vip VIP left on the old leader',
    hosts: nodes({ 'node-a': { vips: [VIP] }, 'node-b': { vips: [VIP] } }),
    cluster: rule('kube-vip/stale-vip/fires-old-leader'),
    root: { rule: 'kube-vip/stale-vip', subject: VIP },
    evidence: 'holderIdentity',
    symptom: 'wire/duplicate-responders',
  },
  {
    name: 'a proxy_arp node with the route',
    hosts: nodes({ 'node-a': { proxies: [VIP] } }),
    cluster: metallb,
    announcers: ['node-c'],
    root: { rule: 'answers/unwanted-responder', subject: VIP },
    evidence: 'proxy_arp = 1',
    symptom: 'wire/duplicate-responders',
  },
  {
    name: 'two controllers on one address',
    hosts: nodes(),
    cluster: rule('announcer/two-controllers-one-ip/fires-metallb-and-kube-vip'),
    announcers: ['node-b', 'node-c'],
    root: { rule: 'announcer/two-controllers-one-ip', subject: VIP },
    symptom: 'wire/duplicate-responders',
  },
  {
    name: 'the exclude label on every candidate',
    hosts: nodes(),
    cluster: rule('metallb/node-exclude-label/fires-control-planes-only'),
    root: { rule: 'metallb/node-exclude-label', subject: 'DaemonSet/metallb-system/speaker' },
    evidence: 'node.kubernetes.io/exclude-from-external-load-balancers',
    symptom: 'wire/no-answer',
  },
  {
    name: 'memberlist is split: two speakers claim it',
    hosts: nodes(),
    cluster: rule('metallb/split-status/fires-two-statuses'),
    announcers: ['node-a', 'node-c'],
    cutOff: 'node-a',
    root: { rule: 'metallb/split-status', subject: VIP },
    evidence: ['ServiceL2Status', 'answered together', 'udp port 7946: listens'],
    symptom: 'wire/duplicate-responders',
  },
  {
    name: 'a foreign machine on a pool address',
    hosts: [...nodes(), { name: 'printer', mac: '00:80:77:12:34:56', vips: [VIP] }],
    strangers: ['printer'],
    cluster: metallb,
    announcers: ['node-c'],
    root: { rule: 'answers/unexplained-responder', subject: VIP },
    evidence: '00:80:77:12:34:56',
    symptom: 'wire/duplicate-responders',
  },
  {
    name: 'the node address on a bridge with bridge-nf-call',
    hosts: nodes({
      'node-c': {
        setup: bridged('10.77.0.13', POD, PODS_OF_NODE_A, 'sysctl -qw net.bridge.bridge-nf-call-iptables=1'),
      },
    }),
    cluster: metallb,
    announcers: ['node-c'],
    root: { rule: 'bridge/bridged-dnat', subject: 'node-c/br0' },
    evidence: 'bridge-nf-call-iptables = 1',
    symptom: null,
  },
  {
    name: 'proxy_arp on an uplink bridge port',
    hosts: nodes({ 'node-c': { setup: bridged('10.77.0.13', 'ip link set dev eth0 type bridge_slave proxy_arp on') } }),
    cluster: metallb,
    announcers: ['node-c'],
    root: { rule: 'bridge/port-proxy-arp', subject: 'node-c/eth0' },
    evidence: 'proxy_arp on',
    symptom: null,
  },
  { name: 'healthy', hosts: nodes(), cluster: metallb, announcers: ['node-c'], root: null, symptom: null },
  {
    name: 'a healthy failover during the run',
    hosts: nodes({ 'node-b': { vips: [VIP] } }),
    cluster: rule('kube-vip/stale-vip/clean-only-the-holder'),
    meanwhile: (segment) =>
      void segment.script([
        // once the first rounds have been asked
        `ip netns exec $CLIENT tcpdump -p -n -c 2 -i eth0 "arp[6:2] = 1 and arp dst host ${VIP}" > /dev/null 2>&1`,
        'sleep 0.5',
        `ip -n $NODE_B addr del ${VIP}/32 dev eth0`,
        `ip -n $NODE_A addr add ${VIP}/32 dev eth0`,
        `ip netns exec $NODE_A ${sender({ kind: 'announcement', mac: '02:00:00:00:00:11', ip: VIP, rate: 5, count: 5 }).join(' ')}`,
      ]),
    pace: ['--rounds', '5', '--interval', '1s'],
    root: null,
    symptom: null,
  },
]

/** A situation that stands: sshds in its nodes, the API server beside the client. */
export interface Standing {
  readonly segment: Segment
  /** Runs l2doctor on the client with the kubeconfig and the SSH configuration of the lab. */
  run(command: string, ...flags: readonly string[]): Promise<Done>
  /** Starts it there; stdout and stderr are pipes. */
  start(command: string, ...flags: readonly string[]): ChildProcess
}

export async function stand(situation: Situation): Promise<Standing> {
  const segment = await buildSegment({ hosts: situation.hosts })
  const ssh = new SshHosts(segment)
  const served = situation.hosts.filter(({ name }) => !situation.strangers?.includes(name))
  const running = Object.entries(situation.masters ?? {}).map(
    ([host, instance]) => [host, startKeepalived(segment, host, instance)] as const,
  )
  const files = new Map(running.map(([host, { file }]) => [host, file]))
  await Promise.all([
    ...served.map(({ name }) => ssh.serve(name, files.has(name) ? { wrapped: ownFiles(files.get(name)!) } : {})),
    serveApi(segment, situation.cluster),
    ...running.map(([, keepalived]) => keepalived.entered('MASTER')),
  ])
  if (situation.cutOff !== undefined) await splitMemberlist(segment, served, situation.cutOff)
  await Promise.all((situation.announcers ?? []).map((host) => announce(segment, situation, host)))
  const kubeconfig = join(segment.directory('client'), 'kubeconfig')
  const argv = (command: string, flags: readonly string[]) => [
    ...CLI,
    command,
    '-i',
    'eth0',
    '--kubeconfig',
    kubeconfig,
    ssh.configuration,
    ...flags,
  ]
  const env = { ...process.env, COLUMNS: '80', LC_ALL: 'C.UTF-8' }
  return {
    segment,
    run: (command, ...flags) => {
      situation.meanwhile?.(segment)
      return segment.exec('client', argv(command, flags), { env, timeoutMs: 90_000 })
    },
    start: (command, ...flags) =>
      segment.spawn('client', argv(command, flags), { env, stdio: ['ignore', 'pipe', 'pipe'] }),
  }
}

/** Throws unless memberlist passed before the block and is dropped after it, from and to the node. */
async function splitMemberlist(segment: Segment, nodes: readonly HostSpec[], cutOff: string): Promise<void> {
  const names = nodes.map(({ name }) => name)
  const pairs = names
    .filter((name) => name !== cutOff)
    .flatMap((other) => [[cutOff, other] as const, [other, cutOff] as const])
  const expectAll = async (wanted: string) => {
    for (const [from, to] of pairs) {
      const heard = await hears(segment, from, to)
      if (heard !== wanted) throw new Error(`lab: memberlist from ${from} to ${to} is ${heard}, not ${wanted}`)
    }
  }
  await serveMemberlist(segment, names)
  await expectAll('tcp=1 udp=1')
  await cutMemberlist(segment, cutOff)
  await expectAll('tcp=0 udp=0')
}

/** MetalLB and Cilium answer in user space, on whatever interface the node's address is. */
async function announce(segment: Segment, { hosts }: Situation, host: string): Promise<void> {
  const onBridge = hosts.find(({ name }) => name === host)?.setup?.some((line) => line.includes('add br0')) === true
  const child = segment.spawn(host, responder(onBridge ? 'br0' : 'eth0', VIP), { stdio: ['ignore', 'pipe', 'inherit'] })
  await ready(child)
}

const SERVE_API = fileURLToPath(
  new URL('../../dist/test/lab/serve-api.js', import.meta.url).href.replace('/dist/dist/', '/dist/'),
)

async function serveApi(segment: Segment, cluster: string): Promise<void> {
  const folder = segment.directory('client')
  const objects = join(folder, 'cluster.yaml')
  // the fixtures' times are in the past; a lease that was renewed then would have run out
  writeFileSync(
    objects,
    readFileSync(cluster, 'utf8').replace(
      /renewTime: .*/g,
      `renewTime: '${new Date().toISOString().replace('Z', '000Z')}'`,
    ),
  )
  const child = segment.spawn('client', [process.execPath, SERVE_API, objects, join(folder, 'kubeconfig')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await ready(child)
}
