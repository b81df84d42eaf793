import { linksByMaster } from '../../node/lookups.js'
import { certain } from '../certainty.js'
import { listed } from '../cluster-parts.js'
import { defineHostRule } from '../define-host-rule.js'
import { commandEvidence, shownLines } from '../host-parts.js'
import { sh } from '../shell.js'
import { interfaceSubject } from '../subject.js'

export const portNotForwarding = defineHostRule({
  id: 'bridge/port-not-forwarding',
  title: 'No uplink of a bridge forwards',
  severity: 'error',
  sections: ['links'],
  explains: ['wire/no-answer', 'wire/intermittent-answer'],
  docs: {
    what: 'Every port of the bridge that leads to the segment is blocked, or still listening or learning.',
    why: 'Nothing passes, ARP included. After a link comes up with STP on, listening and learning take 15 s each.',
    confirm: '`bridge link show` (state), `ip -d link show dev BRIDGE` (stp_state, forward_delay).',
    falseAlarms:
      'A blocked port beside a forwarding one is how STP works: only a bridge without any forwarding uplink is reported.',
    references: ['IEEE 802.1D', 'bridge(8) state', 'ip-link(8) forward_delay'],
  },
  *checkHost({ links }, host) {
    for (const bridge of links.filter(({ role, facesSegment }) => role === 'bridge' && facesSegment)) {
      const ports = linksByMaster(links, bridge.name).filter(
        ({ facesSegment, bridgePort }) => facesSegment && bridgePort?.state,
      )
      if (ports.length === 0 || ports.some(({ bridgePort }) => bridgePort?.state === 'forwarding')) continue
      const states = ports.map(({ name, bridgePort }) => `${name} ${bridgePort?.state}`)
      yield {
        subject: interfaceSubject(host, bridge.name),
        ...certain('the state of each of its uplink ports was read on the host'),
        data: { node: host.name, bridge: bridge.name, states },
        evidence: [commandEvidence(host, sh`bridge link show`, shownLines(states))],
      }
    }
  },
  message: ({ node, bridge, states }) => `${node} passes nothing through ${bridge}: ${listed(states)}`,
  fixes: ({ node, bridge, states }) => [
    {
      summary: `Find out why ${bridge} of ${node} blocks`,
      risk: 'disruptive',
      where: 'node',
      node,
      steps: [
        {
          kind: 'look',
          text: 'Link, STP and root bridge',
          run: sh`ip -d link show dev ${bridge}; ip -d link show master ${bridge}; bridge -d link show`,
        },
        {
          kind: 'persistent',
          text: 'Listening or learning: it forwards after forward_delay, twice. Blocking, with STP on and one uplink only: turn STP off in its configuration (bridge_stp off, STP=no, stp: false)',
        },
      ],
      sideEffects: ['Without STP a second path between the same bridges becomes a loop.'],
      verify: sh`bridge link show dev ${states[0]?.split(' ')[0] ?? bridge} | grep 'state forwarding'`,
      undo: 'Turn STP on again in the same file.',
    },
  ],
})
