import type { Fix, FixStep } from '../define.js'

/** Looks only: finds the machine behind each MAC, by what joins wire, cluster and hosts, then by hand. */
export function findMachines(ip: string, macs: readonly string[]): Fix {
  return {
    summary: `Find the machine behind ${macs.length === 1 ? 'this MAC' : 'each MAC'}, and why it claims ${ip}`,
    risk: 'none',
    where: 'workstation',
    steps: [
      { kind: 'manual', text: 'Let l2doctor join wire, cluster and hosts', run: `l2doctor diagnose --vip ${ip}` },
      {
        kind: 'manual',
        text: 'Or by hand, on any machine of this segment that talks to the nodes: the neighbour with this MAC',
        run: `ip neigh show | grep -i ${macs.map((mac) => `-e ${mac}`).join(' ')}`,
      },
      {
        kind: 'manual',
        text: 'Not a node? Ask the switch for the port',
        run: `show mac address-table | include ${macs.map(dottedMac).join('|')}`,
      },
    ],
    verify: `l2doctor scan --vip ${ip}`,
    undo: 'Nothing to undo: these steps only look.',
  }
}

/** `0200.0000.0002`, the way most switches print and search a MAC. */
export function dottedMac(mac: string): string {
  return mac.replaceAll(':', '').replace(/(....)(?=.)/g, '$1.')
}

/** Takes an address off a machine whose kernel holds it although the announcer gave it to another. */
export function dropStaleAddress(ip: string): Fix {
  return {
    summary: `Take ${ip} off every machine that should not hold it`,
    risk: 'disruptive',
    where: 'node',
    steps: [
      {
        kind: 'manual',
        text: 'On each machine found: does its kernel hold the address? No output means a program answers (MetalLB, Cilium), not the kernel',
        run: `ip -brief address show to ${ip}/32`,
      },
      {
        kind: 'runtime',
        text: 'On the machine that is not the leader, where the command above printed a line (IFACE is its first word)',
        run: `ip address del ${ip}/32 dev IFACE`,
      },
      ...announcerChecks(),
      {
        kind: 'persistent',
        text: 'Leave one announcer in charge of the address: one load-balancer class per Service, no static address in the host network configuration, strictARP with IPVS',
        run: 'l2doctor audit-cluster',
      },
    ],
    sideEffects: ['Clients that used the removed machine lose their connections and reconnect to the one that stays.'],
    verify: `l2doctor scan --vip ${ip}`,
    undo: `ip address add ${ip}/32 dev IFACE`,
  }
}

/** Who each announcer says is in charge. */
export function announcerChecks(): FixStep[] {
  return [
    {
      kind: 'manual',
      text: 'MetalLB: which node announces',
      run: 'kubectl get servicel2statuses.metallb.io -A; kubectl get events -A --field-selector reason=nodeAssigned',
    },
    {
      kind: 'manual',
      text: 'kube-vip and Cilium: who holds the lease',
      run: "kubectl get leases -A | grep -E 'plndr-|kubevip-|cilium-l2announce-'",
    },
  ]
}
