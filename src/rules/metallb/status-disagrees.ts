import type { VipAnswer } from '../../cluster/announcers/announcer.js'
import { ServiceHistory, secondsSince } from '../../cluster/announcers/history.js'
import { electionRules } from '../../cluster/announcers/metallb/election.js'
import type { MetalLbInstall } from '../../cluster/announcers/metallb/install.js'
import { assignedNode } from '../../cluster/announcers/metallb/sightings.js'
import type { ClusterEvent } from '../../cluster/model.js'
import { valueOr } from '../../known.js'
import { type Confidence, likely, possible } from '../certainty.js'
import { answersOf, objectEvidence } from '../cluster-parts.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { sh } from '../shell.js'
import { ipSubject } from '../subject.js'
import { theInstall } from './installs.js'
import { interleavedEvents } from './interleaved-events.js'

interface Disagreement {
  readonly ip: string
  readonly service: string
  readonly elected: string
  readonly others: readonly { readonly node: string; readonly from: string }[]
  /** Seconds since an event last named one of the others; null where none does. */
  readonly seen: number | null
  /** How to select the speaker's pods: namespace and label selector. */
  readonly speaker: { readonly namespace: string; readonly selector: string }
}

/** The API shows a dead node as ready for some 40 s, and its pods for longer; speakers know within seconds. */
const SETTLED_SECONDS = 300

export const statusDisagrees = defineClusterRule({
  id: 'metallb/status-disagrees',
  title: 'MetalLB reports another announcer than its election gives',
  severity: 'warning',
  kinds: ['workloads', 'services'],
  needs: ['announcers', 'cluster'],
  explains: ['wire/unexpected-responder', 'wire/duplicate-responders', 'wire/flip-flop'],
  docs: {
    what: 'The election, computed from nodes, speakers, advertisements and endpoints as the speakers compute it, has one winner; the ServiceL2Status or the latest nodeAssigned event names another node.',
    why: 'Either the announcing speaker sees other members or an older configuration than the API shows (a beginning split), or the status is stale. In the first case the elected node may announce as well.',
    confirm: 'Probe the address: `l2doctor scan --vip VIP --kube` shows which node answers.',
    falseAlarms:
      'One wrong status object is weak evidence: before 0.15.0 and 0.16.0 they could be overwritten or stay behind. Within minutes of a failover the speakers are ahead of the API, which still counts a dead node as ready: that is information, not a warning. Sources that name a node that may not announce are history and are not compared.',
    references: ['metallb/metallb#2712', 'metallb/metallb#2938', 'metallb/metallb speaker/layer2_controller.go'],
  },
  *checkCluster({ workloads, services, observedAt }, { announcers, cluster }) {
    const install = theInstall(workloads)
    if (!install || !electionRules(install.version).certain) return
    const history = new ServiceHistory(valueOr(cluster.events, []).filter(({ reason }) => reason === 'nodeAssigned'))
    const byKey = new Map(services.map((service) => [service.key, service]))
    for (const answer of answersOf(announcers, 'metallb')) {
      const service = byKey.get(answer.service ?? '')
      const found = describe(answer)
      if (!found) continue
      const events = service ? history.of(service) : []
      // Nodes that report in turns are a split, told by metallb/split-status.
      if (interleavedEvents(events, observedAt).length > 0) continue
      const seen = secondsSinceNamed(found, events, observedAt)
      const disagreement = { ...found, seen, speaker: speakerOf(install) }
      yield {
        subject: ipSubject(disagreement.ip),
        severity: seen !== null && seen < SETTLED_SECONDS ? 'info' : 'warning',
        ...certaintyOf(disagreement),
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
    `by the election ${elected} should announce ${ip} (${service}), but ${others.map(({ node, from }) => `the ${from} says ${node}`).join(' and ')}`,
  fixes: ({ ip, others, speaker }) => [
    {
      summary: 'Find out who answers; if it is not the elected node, restart the speaker that does',
      risk: 'disruptive',
      where: 'cluster',
      steps: [
        { kind: 'look', text: 'Ask the wire first', run: sh`l2doctor scan --vip ${ip} --kube` },
        {
          kind: 'restart',
          text: `Only if it answers and the elected node is alive: restart the speaker on ${others[0]?.node}`,
          run: sh`kubectl -n ${speaker.namespace} delete pod -l ${speaker.selector} --field-selector spec.nodeName=${others[0]?.node}`,
        },
      ],
      sideEffects: ['What the restarted speaker announces is silent for a moment or moves.'],
      verify: sh`l2doctor who ${ip}`,
      undo: 'No changes to undo: a restart keeps the configuration.',
    },
  ],
})

/** Null where the sources agree, and where status objects contradict each other: that is a split, told elsewhere. */
function describe({ ip, service, expected }: VipAnswer): Omit<Disagreement, 'seen' | 'speaker'> | null {
  const elected = expected.find(({ from }) => from === 'election')?.node
  const others = expected.filter(({ from, node }) => from !== 'election' && node !== elected)
  const statuses = new Set(expected.flatMap(({ from, node }) => (from === 'status' ? [node] : [])))
  if (!elected || !service || others.length === 0 || statuses.size > 1) return null
  return { ip, service, elected, others: others.map(({ node, from }) => ({ node, from })) }
}

function speakerOf({ speaker }: MetalLbInstall): Disagreement['speaker'] {
  const labels = Object.entries(speaker.podLabels).map(([key, value]) => `${key}=${value}`)
  return { namespace: speaker.namespace, selector: labels.join(',') }
}

function secondsSinceNamed(
  { others }: Pick<Disagreement, 'others'>,
  events: readonly ClusterEvent[],
  observedAt: string,
): number | null {
  const last = events.filter((event) => others.some(({ node }) => node === assignedNode(event))).at(-1)
  return last ? secondsSince(last, observedAt) : null
}

/** Two sources that agree against the election weigh more than one. */
function certaintyOf({ others }: Disagreement): Confidence {
  return others.length > 1 && new Set(others.map(({ node }) => node)).size === 1
    ? likely('two sources agree against the election')
    : possible('one source says so; it may be older than the last election')
}
