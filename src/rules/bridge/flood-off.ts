import type { BridgePort } from '../../node/model.js'
import { type Confidence, certain, likely } from '../certainty.js'
import { defineHostRule } from '../define-host-rule.js'
import { commandEvidence } from '../host-parts.js'
import { sh } from '../shell.js'
import { interfaceSubject } from '../subject.js'
import { portFix } from './port-fix.js'

/** Flags of an uplink port that keep ARP in: netlink name, whether it is in its harmful state, what follows. */
const FLAGS = [
  {
    flag: 'bcast_flood',
    harmful: (port: BridgePort) => port.broadcastFlood === false,
    wanted: 'on',
    severity: 'error',
    effect: 'no broadcast leaves: neither ARP requests nor gratuitous ARP',
  },
  {
    flag: 'flood',
    harmful: (port: BridgePort) => port.flood === false,
    wanted: 'on',
    severity: 'warning',
    effect: 'frames for hosts the bridge has not learned do not leave',
  },
  {
    flag: 'neigh_suppress',
    harmful: (port: BridgePort) => port.neighSuppress === true,
    wanted: 'off',
    severity: 'warning',
    effect: 'ARP requests for known neighbours are answered by the bridge, perhaps wrongly, and do not leave',
  },
] as const

export const floodOff = defineHostRule({
  id: 'bridge/flood-off',
  title: 'A bridge uplink does not let ARP out',
  severity: 'error',
  sections: ['links'],
  family: 4,
  explains: ['wire/no-answer', 'wire/flip-flop', 'wire/broadcast-not-answered', 'wire/intermittent-answer'],
  docs: {
    what: 'A flood flag of the bridge port that leads to the segment is off, or neigh_suppress is on.',
    why: 'What the node or a pod behind the bridge broadcasts (requests, gratuitous ARP) stays inside, so nobody learns of a failover.',
    confirm:
      '`bridge -d link show dev PORT`, and `tcpdump -p -i PORT arp` on the node shows requests come in but no broadcast go out.',
    falseAlarms: 'EVPN/VXLAN uplinks use neigh_suppress and flood off by design; a tunnel port is not judged.',
    references: ['bridge(8) flood, bcast_flood, neigh_suppress', 'net/bridge/br_forward.c br_flood'],
  },
  *checkHost({ links }, host) {
    for (const { name, facesSegment, bridgePort } of links) {
      if (!facesSegment || !bridgePort) continue
      const found = FLAGS.filter(({ harmful }) => harmful(bridgePort))
      const [worst] = found
      if (!worst) continue
      yield {
        subject: interfaceSubject(host, name),
        ...weigh(found),
        severity: worst.severity,
        data: {
          node: host.name,
          port: name,
          flags: found.map(({ flag, wanted, effect }) => ({ flag, wanted, effect })),
        },
        evidence: [
          commandEvidence(
            host,
            sh`ip -d link show dev ${name}`,
            found.map(({ flag, wanted }) => `${flag} ${wanted === 'on' ? 'off' : 'on'}`).join(', '),
          ),
        ],
      }
    }
  },
  message: ({ node, port, flags }) =>
    `${node} holds frames back on ${port}: ${flags.map(({ flag, effect }) => `${flag}: ${effect}`).join('; ')}`,
  fixes: ({ node, port, flags }) =>
    flags.map(({ flag, wanted }) => portFix(node, port, flag, wanted, `Turn ${flag} ${wanted} on ${port} of ${node}`)),
})

/** Broadcasts and unknown unicast stop at the flag itself; suppression also depends on what the bridge knows. */
function weigh(found: readonly { flag: string }[]): Confidence {
  return found.every(({ flag }) => flag === 'neigh_suppress')
    ? likely('the flag was read on the host; it stops only requests for neighbours that the bridge knows')
    : certain('the flag was read on the host')
}
