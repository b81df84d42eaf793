import { possible } from '../certainty.js'
import { defineRule } from '../define.js'
import { commandEvidence } from '../host-parts.js'
import { speakerOn } from '../metallb/any-speakers.js'
import { sh } from '../shell.js'
import { nodeSubject } from '../subject.js'
import { MEMBERLIST_PORT, missingListeners } from './listening.js'

export const portNotListening = defineRule({
  id: 'memberlist/port-not-listening',
  title: "A node does not take part in MetalLB's memberlist",
  severity: 'warning',
  needs: ['hosts'],
  explains: ['wire/duplicate-responders', 'wire/unexpected-responder', 'wire/conflicting-claims'],
  docs: {
    what: "Other hosts listen on port 7946 (MetalLB's memberlist), this one does not, only for one of TCP and UDP, or only on its loopback address.",
    why: 'Speakers that do not hear each other each compute their own winner: two nodes announce one VIP, or the winner is a node without a speaker.',
    confirm:
      '`ss -lntu | grep 7946` on each node, `kubectl get pods -A -o wide | grep speaker`; a firewall shows as "Failed to join" in the speaker\'s log.',
    falseAlarms:
      'Nodes that run no speaker on purpose (a node selector, a taint) need not listen; a custom METALLB_ML_BIND_PORT.',
    references: ['https://metallb.io/concepts/layer2/', 'metallb/metallb#740', 'metallb/metallb#589'],
  },
  *check({ hosts }) {
    const listening = hosts.map((host) => ({ host, missing: missingListeners(host) }))
    for (const { host } of listening) {
      const { listeners } = host.sections
      if (host.reached && !listeners.known)
        yield { unjudged: host.name, because: `${listeners.gap.subject}: ${listeners.gap.reason}` }
    }
    const members = listening.filter(({ missing }) => missing?.length === 0).length
    if (members === 0) return
    for (const { host, missing } of listening) {
      if (missing === null || missing.length === 0) continue
      yield {
        subject: nodeSubject(host),
        ...possible('it is not known whether a MetalLB speaker should run on this host'),
        data: { node: host.name, missing, members },
        evidence: [
          commandEvidence(
            host,
            sh`ss -lntu`,
            missing
              .map((protocol) => `no ${protocol} listener on port ${MEMBERLIST_PORT} that another host can reach`)
              .join('\n'),
          ),
        ],
      }
    }
  },
  message: ({ node, missing, members }) =>
    `${node} does not listen on 7946/${missing.join(' and ')}; ${members} other host${members === 1 ? ' does' : 's do'}`,
  fixes: ({ node }) => [
    {
      summary: `Bring the speaker of ${node} into the memberlist`,
      risk: 'disruptive',
      where: 'cluster',
      steps: [
        {
          kind: 'look',
          text: 'Does a speaker run there?',
          run: speakerOn(node),
        },
        {
          kind: 'restart',
          text: 'If it runs: delete this pod, and its DaemonSet starts it again',
        },
        {
          kind: 'persistent',
          text: 'Open 7946/tcp and 7946/udp between the nodes; no other program (OpenELB uses the same port) may hold it',
        },
      ],
      sideEffects: ['A restarted speaker gives up its VIPs for a moment; they may move.'],
      verify: 'ss -lntu | grep 7946',
      undo: 'No changes to undo: a restart keeps the configuration.',
    },
  ],
})
