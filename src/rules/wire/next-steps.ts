import type { Fix, FixStep } from '../define.js'
import { ONLY_LOOKS } from '../fix.js'
import { alone } from '../host-parts.js'
import { speakerLogs } from '../metallb/any-speakers.js'
import { part, parts, type ShellCommand, sh } from '../shell.js'
import { isSix, listed } from './evidence.js'

/** Looks only: finds the machine behind each MAC, by what joins wire, cluster and hosts, then by hand. */
export function findMachines(ip: string, macs: readonly string[]): Fix {
  return {
    summary: `Find the machine behind ${macs.length === 1 ? 'this MAC' : 'each MAC'}, and why it claims ${ip}`,
    risk: 'none',
    where: 'workstation',
    steps: [
      { kind: 'look', text: 'Let l2doctor join wire, cluster and hosts', run: sh`l2doctor diagnose --vip ${ip}` },
      {
        kind: 'look',
        text: `On any machine of this segment that talks to the nodes: the neighbours with ${macs.length === 1 ? 'this MAC' : 'these MACs'}`,
        run: sh`ip neigh show | grep -i ${parts(macs.map((mac) => part`-e ${mac}`))}`,
      },
      {
        kind: 'look',
        text: 'Not a node? Ask the switch for the port',
        run: onSwitch(macs),
      },
    ],
    verify: sh`l2doctor scan --vip ${ip}`,
    undo: ONLY_LOOKS,
  }
}

/** Looks only: why these nodes answer, where the node behind each MAC is known; null where one is not, or two have it (`a or b`). */
export function askNodes(ip: string, nodes: readonly (string | null)[], first: FixStep): Fix | null {
  const known = [...new Set(nodes.flatMap((node) => node ?? []))]
  const [node] = nodes.some((one) => one === null || one.includes(' ')) ? [] : known
  if (node === undefined) return null
  return {
    summary: `Find out why ${listed(known)} ${known.length === 1 ? 'answers' : 'answer'} for ${ip}`,
    risk: 'none',
    where: 'node',
    node,
    steps: [first, ...known.map((one) => holds(ip, one))],
    verify: sh`l2doctor scan --vip ${ip}`,
    undo: ONLY_LOOKS,
  }
}

function holds(ip: string, node: string): FixStep {
  return {
    kind: 'look',
    text: `Does the kernel of ${node} hold the address, and where? No output means that a program answers (MetalLB, Cilium), or a proxy`,
    run: sh`ip -brief address show to ${alone(ip)}`,
    where: 'node',
    node,
  }
}

/** `0200.0000.0002`, the way most switches print and search a MAC. */
function dottedMac(mac: string): string {
  return mac.replaceAll(':', '').replace(/(....)(?=.)/g, '$1.')
}

/** Where these MACs are: a line for a switch, which knows no quotes. */
export function onSwitch(macs: readonly string[]): ShellCommand {
  return `show mac address-table | include ${macs.map(dottedMac).join('|')}` as ShellCommand
}

export const SPEAKERS_THAT_LOST_EACH_OTHER = speakerLogs(
  part`--tail=200`,
  part`grep -iE "suspect|failed|nodeleave|nodejoin"`,
)

/** Leaves one machine to answer: first who should, then how each of the others comes to answer, and the cure of that. */
export function leaveOneOwner(ip: string): Fix {
  return {
    summary: `Leave one machine to answer for ${ip}`,
    risk: 'disruptive',
    where: 'node',
    steps: [
      ...announcerChecks(),
      {
        kind: 'look',
        text: 'On each machine found: does its kernel hold the address, and on which interface? No output means that a program answers (MetalLB, Cilium)',
        run: sh`ip -brief address show to ${alone(ip)}`,
      },
      {
        kind: 'runtime',
        text: `Held on a network card of a machine that is not in charge (kube-vip, keepalived, by hand): remove ${ip} with ip address del from the interface that the line above begins with`,
      },
      ...(isSix(ip) ? [] : [STRICT_ARP]),
      {
        kind: 'look',
        text: 'Not held, and MetalLB runs on both: the speakers do not see each other. Open TCP and UDP 7946 between all nodes; this shows whom they lost',
        run: SPEAKERS_THAT_LOST_EACH_OTHER,
      },
      {
        kind: 'persistent',
        text: 'Two announcers act on one Service: give each Service one load-balancer class; l2doctor names the pairs',
        run: sh`l2doctor audit-cluster`,
      },
    ],
    sideEffects: [
      'Clients of the machine that stops answering lose their connections and reconnect to the one that stays.',
      ...(isSix(ip)
        ? []
        : [
            'strictARP sets arp_ignore=1 on all interfaces: an address that is configured on lo or on another interface than the one asked is then no longer answered for.',
          ]),
    ],
    verify: sh`l2doctor scan --vip ${ip}`,
    undo: `Put the address back on the interface that had it (ip address add).${isSix(ip) ? '' : ' Set strictARP: false and restart kube-proxy.'}`,
  }
}

const STRICT_ARP: FixStep = {
  kind: 'persistent',
  text: 'Held on kube-ipvs0: it belongs there, but the node must not answer for it. Set strictARP: true here, then restart kube-proxy: kubectl -n kube-system rollout restart daemonset/kube-proxy',
  run: sh`kubectl -n kube-system edit configmap kube-proxy`,
}

/** Shows the frames that ask for an address and answer for it, without promiscuous mode, which can hide the fault. */
export function watchFrames(ip: string): ShellCommand {
  return isSix(ip)
    ? sh`timeout 20 tcpdump -p -n -e -i any ${'icmp6 and ip6[40] >= 135 and ip6[40] <= 136'}`
    : sh`timeout 20 tcpdump -p -n -e -i any arp and host ${ip}`
}

/** Who each announcer says is in charge. */
function announcerChecks(): FixStep[] {
  return [
    {
      kind: 'look',
      text: 'MetalLB: which node announces (the first command needs v0.14.4)',
      run: sh`kubectl get servicel2statuses.metallb.io -A; kubectl get events -A --field-selector reason=nodeAssigned`,
    },
    {
      kind: 'look',
      text: 'kube-vip and Cilium: who holds the lease',
      run: sh`kubectl get leases -A | grep -E 'plndr-|kubevip-|cilium-l2announce-'`,
    },
  ]
}
