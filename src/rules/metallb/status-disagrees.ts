import type { VipAnswer } from '../../cluster/announcers/announcer.js'
import { electionRules } from '../../cluster/announcers/metallb-election.js'
import { groupBy } from '../../cluster/group-by.js'
import { valueOr } from '../../known.js'
import { answersOf, ipSubject, objectEvidence, rolloutRestart } from '../cluster-parts.js'
import type { Certainty } from '../define.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { sh } from '../shell.js'
import { theInstall } from './installs.js'
import { interleavedEvents } from './interleaved-events.js'

interface Disagreement {
  readonly ip: string
  readonly service: string
  readonly elected: string
  readonly others: readonly { readonly node: string; readonly from: string }[]
  readonly object: string
}

export const statusDisagrees = defineClusterRule({
  id: 'metallb/status-disagrees',
  title: 'MetalLB reports another announcer than its election gives',
  severity: 'warning',
  kinds: ['workloads'],
  needs: ['announcers', 'cluster'],
  explains: ['wire/unexpected-responder', 'wire/duplicate-responders', 'wire/flip-flop'],
  docs: {
    what: 'The election, computed from nodes, speakers, advertisements and endpoints as the speakers compute it, has one winner; the ServiceL2Status or the latest nodeAssigned event names another node.',
    why: 'Either the announcing speaker sees other members or an older configuration than the API shows (a beginning split), or the status is stale. In the first case the elected node may announce as well.',
    confirm: 'Probe the address: `l2doctor scan --vip VIP --kube` tells which node answers.',
    falseAlarms:
      'One wrong status object is weak evidence: before 0.15.0 and 0.16.0 they could be overwritten or stay behind. A speaker that became ready a moment ago changes the election before the status follows.',
    references: ['metallb/metallb#2712', 'metallb/metallb#2938', 'metallb/metallb speaker/layer2_controller.go'],
  },
  *checkCluster({ workloads }, { announcers, cluster }) {
    const install = theInstall(workloads)
    if (!install || !electionRules(install.version).certain) return
    const events = groupBy(valueOr(cluster.events, []), ({ about }) => about.key)
    for (const answer of answersOf(announcers, 'metallb')) {
      const disagreement = describe(answer, install.object)
      // Nodes that report in turns are a split, told by metallb/split-status.
      if (!disagreement || interleavedEvents(events.get(disagreement.service) ?? []).length > 0) continue
      yield {
        subject: ipSubject(disagreement.ip),
        certainty: certaintyOf(disagreement),
        data: disagreement,
        evidence: answer.expected.map(({ node, from, detail }) =>
          from === 'election'
            ? { kind: 'measure' as const, name: `election of ${disagreement.ip}`, value: `${node} (${detail})` }
            : objectEvidence(detail, from === 'status' ? '.status.node' : '.message', node),
        ),
      }
    }
  },
  message: ({ ip, service, elected, others }) =>
    `${elected} should announce ${ip} (${service}), but ${others.map(({ node, from }) => `the ${from} says ${node}`).join(' and ')}`,
  fixes: ({ ip, object, others }) => [
    {
      summary: 'Find out who answers; if it is not the elected node, restart the speaker that does',
      risk: 'disruptive',
      where: 'cluster',
      steps: [
        { kind: 'manual', text: 'Ask the wire first', run: sh`l2doctor scan --vip ${ip} --kube` },
        {
          kind: 'runtime',
          text: `Restart the speakers, or only the one on ${others[0]?.node}`,
          run: rolloutRestart(object),
        },
      ],
      sideEffects: ['Restarted speakers announce their addresses anew; some may move.'],
      verify: sh`l2doctor who ${ip}`,
      undo: 'None needed.',
    },
  ],
})

/** Null where the sources agree, and where status objects contradict each other: that is a split, told elsewhere. */
function describe({ ip, service, expected }: VipAnswer, object: string): Disagreement | null {
  const elected = expected.find(({ from }) => from === 'election')?.node
  const others = expected.filter(({ from, node }) => from !== 'election' && node !== elected)
  const statuses = new Set(expected.flatMap(({ from, node }) => (from === 'status' ? [node] : [])))
  if (!elected || !service || others.length === 0 || statuses.size > 1) return null
  return { ip, service, elected, others: others.map(({ node, from }) => ({ node, from })), object }
}

/** Two sources that agree against the election weigh more than one. */
function certaintyOf({ others }: Disagreement): Certainty {
  return others.length > 1 && new Set(others.map(({ node }) => node)).size === 1 ? 'likely' : 'possible'
}
