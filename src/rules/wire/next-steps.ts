import type { Fix, FixStep } from '../define.js'
import { type ShellCommand, sh } from '../shell.js'

/** Looks only: finds the machine behind each MAC, by what joins wire, cluster and hosts, then by hand. */
export function findMachines(ip: string, macs: readonly string[]): Fix {
  return {
    summary: `Find the machine behind ${macs.length === 1 ? 'this MAC' : 'each MAC'}, and why it claims ${ip}`,
    risk: 'none',
    where: 'workstation',
    steps: [
      { kind: 'manual', text: 'Let l2doctor join wire, cluster and hosts', run: sh`l2doctor diagnose --vip ${ip}` },
      {
        kind: 'manual',
        text: `Or by hand, on any machine of this segment that talks to the nodes: the neighbours with ${macs.length === 1 ? 'this MAC' : 'these MACs'}`,
        run: sh`ip neigh show | grep -i ${macs.flatMap((mac) => ['-e', mac])}`,
      },
      {
        kind: 'manual',
        text: 'Not a node? Ask the switch for the port',
        run: onSwitch(macs),
      },
    ],
    verify: sh`l2doctor scan --vip ${ip}`,
    undo: 'Nothing to undo: these steps only look.',
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

export const SPEAKERS_THAT_LOST_EACH_OTHER = sh`kubectl -n metallb-system logs -l component=speaker --tail=200 | grep -iE "suspect|failed|nodeleave|nodejoin"`

/** Leaves one machine to answer: first who should, then how each of the others comes to answer, and the cure of that. */
export function leaveOneOwner(ip: string): Fix {
  return {
    summary: `Leave one machine to answer for ${ip}`,
    risk: 'disruptive',
    where: 'node',
    steps: [
      ...announcerChecks(),
      {
        kind: 'manual',
        text: 'On each machine found: does its kernel hold the address, and on which interface? No output means that a program answers (MetalLB, Cilium)',
        run: sh`ip -brief address show to ${ip}/32`,
      },
      {
        kind: 'runtime',
        text: 'Held on a network card of a machine that is not in charge (kube-vip, keepalived, by hand): take it off; IFACE is the first word of the line above',
        run: sh`ip address del ${ip}/32 dev IFACE`,
      },
      {
        kind: 'persistent',
        text: 'Held on kube-ipvs0: it belongs there, but the node must not answer for it. Set strictARP: true here, then restart kube-proxy: kubectl -n kube-system rollout restart daemonset/kube-proxy',
        run: sh`kubectl -n kube-system edit configmap kube-proxy`,
      },
      {
        kind: 'manual',
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
      'strictARP sets arp_ignore=1 on all interfaces: an address that is configured on lo or on another interface than the one asked is then no longer answered for.',
    ],
    verify: sh`l2doctor scan --vip ${ip}`,
    undo: sh`ip address add ${ip}/32 dev IFACE; strictARP: false and a restart of kube-proxy`,
  }
}

/** Who each announcer says is in charge. */
function announcerChecks(): FixStep[] {
  return [
    {
      kind: 'manual',
      text: 'MetalLB: which node announces (the first command needs v0.14.4)',
      run: sh`kubectl get servicel2statuses.metallb.io -A; kubectl get events -A --field-selector reason=nodeAssigned`,
    },
    {
      kind: 'manual',
      text: 'kube-vip and Cilium: who holds the lease',
      run: sh`kubectl get leases -A | grep -E 'plndr-|kubevip-|cilium-l2announce-'`,
    },
  ]
}
