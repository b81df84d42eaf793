import type { AnnouncerView, LeaseState, VipAnswer } from '../../cluster/announcers/announcer.js'
import { peopleOf } from '../../cluster/announcers/people.js'
import { keyName, objectName } from '../../cluster/key.js'
import type { ClusterNode } from '../../cluster/model.js'
import { type Confidence, likely, possible } from '../certainty.js'
import { objectEvidence } from '../cluster-parts.js'
import type { Evidence, FixStep } from '../define.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { ONLY_LOOKS } from '../fix.js'
import { type ShellCommand, sh } from '../shell.js'
import { ipSubject } from '../subject.js'

interface Expired {
  readonly ip: string
  readonly service: string | null
  /** `kube-vip`, `cilium`. */
  readonly announcer: string
  readonly lease: LeaseState
  /** Nodes beside the holder that may take the lease. */
  readonly others: readonly string[]
  /** Leases of this announcer that the holder has and renews, and all that it has. */
  readonly renewed: number
  readonly held: number
  /** The Ready condition of its node; null: not known. */
  readonly ready: string | null
}

export const leaseExpired = defineClusterRule({
  id: 'announcer/lease-expired',
  title: 'The lease that decides who answers has expired',
  severity: 'warning',
  kinds: ['leases', 'nodes'],
  needs: ['announcers'],
  explains: [
    'wire/no-answer',
    'wire/duplicate-responders',
    'wire/unexpected-responder',
    'wire/conflicting-claims',
    'wire/flip-flop',
  ],
  docs: {
    what: 'The node that holds the lease of an address has not renewed it within its duration, or has given it up, and no other node has taken it.',
    why: 'A holder that cannot reach the API server gives its addresses up, or keeps them while another node takes them too. Where no other node may take the lease (externalTrafficPolicy Local with the only endpoint on the holder) nobody answers.',
    confirm:
      '`kubectl get leases -A -o wide`; on the holder: does its announcer run, and does it reach the API server?',
    falseAlarms:
      'Objects that were saved are as old as their newest lease or event. The lease of an announcer that was uninstalled stays behind.',
    references: [
      'https://kubernetes.io/docs/concepts/architecture/leases/',
      'kube-vip/kube-vip pkg/lease',
      'https://docs.cilium.io/en/stable/network/l2-announcements/#leases',
    ],
  },
  *checkCluster({ nodes }, { announcers }) {
    for (const view of announcers) {
      for (const answer of view.answers) {
        if (!answer.lease?.expired) continue
        const data = describe(view, answer, answer.lease, nodes)
        yield { subject: ipSubject(answer.ip), ...weigh(data), data, evidence: evidenceOf(data) }
      }
    }
  },
  message: (data: Expired) => (data.lease.holder === null ? freeWords(data) : expiredWords(data)),
  fixes: (data: Expired) => [
    {
      ...(data.lease.holder === null
        ? {
            summary: `Find out why ${data.announcer} on no node takes ${data.lease.object}`,
            where: 'cluster' as const,
          }
        : {
            summary: `Find out why ${data.announcer} on ${data.lease.holder} does not renew ${data.lease.object}`,
            where: 'node' as const,
            node: data.lease.holder,
          }),
      risk: 'none',
      steps: steps(data),
      verify: sh`l2doctor who ${data.ip}`,
      undo: ONLY_LOOKS,
    },
  ],
})

function expiredWords({ ip, announcer, lease, renewed, held, ready }: Expired): string {
  return [
    `${lease.object} of ${ip} has expired: ${lease.holder} holds it and has not renewed it since ${lease.renewedAt} (${lease.age} s ago; it lasts ${lease.durationSeconds} s)`,
    held > 1 && renewed === 0 ? `, and it renews none of its ${held} leases` : '',
    ready !== null && ready !== 'True' ? `, and the node is not ready` : '',
    `: its ${announcer} does not run or does not reach the API server`,
  ].join('')
}

function freeWords({ ip, announcer, lease }: Expired): string {
  return `${lease.object} of ${ip} is free: its holder gave it up at ${lease.renewedAt} (${lease.age} s ago), and ${announcer} on no node has taken it since`
}

function describe(
  view: AnnouncerView,
  { ip, service, candidates }: VipAnswer,
  lease: LeaseState,
  nodes: readonly ClusterNode[],
): Expired {
  const own = new Map(
    view.answers.flatMap((one) => (one.lease?.holder === lease.holder ? [[one.lease.object, one.lease] as const] : [])),
  )
  const node = lease.holder === null ? undefined : nodes.find(({ name }) => name === lease.holder)
  return {
    ip,
    service,
    announcer: view.name,
    lease,
    others: candidates.flatMap(({ node, eligible }) => (eligible && node !== lease.holder ? [node] : [])),
    renewed: [...own.values()].filter(({ expired }) => !expired).length,
    held: own.size,
    ready: node?.conditions.find(({ type }) => type === 'Ready')?.status ?? null,
  }
}

/** An expired lease says what is not so any more; who answers instead it does not say. */
function weigh({ renewed, lease }: Expired): Confidence {
  if (lease.holder === null) return likely('the lease was read and names nobody; why, the objects do not show')
  return renewed > 0
    ? possible(`${lease.holder} renews other leases, so that its announcer works`)
    : likely(`${lease.holder} renews none of the leases that were looked at; why, the objects do not show`)
}

function evidenceOf({ lease, ready }: Expired): Evidence[] {
  return [
    objectEvidence(lease.object, '.spec.holderIdentity', lease.holder ?? 'empty'),
    objectEvidence(lease.object, '.spec.renewTime', lease.renewedAt ?? 'not set'),
    objectEvidence(lease.object, '.spec.leaseDurationSeconds', String(lease.durationSeconds)),
    ...(ready === null ? [] : [objectEvidence(`Node/${lease.holder}`, '.status.conditions[Ready].status', ready)]),
  ]
}

function steps({ announcer, lease, others, service }: Expired): FixStep[] {
  const { namespace, name } = objectName(lease.object)
  return [
    {
      kind: 'look',
      text: lease.holder === null ? 'Is it still free?' : 'Is it still not renewed?',
      run: sh`kubectl -n ${namespace} get lease ${name} -o yaml`,
    },
    ...(lease.holder === null ? anywhere(announcer) : onHolder(announcer, lease.holder)),
    ...(others.length === 0 && service !== null
      ? [
          {
            kind: 'look' as const,
            text: `No other node may take the lease. With externalTrafficPolicy Local only nodes with an endpoint may: where are they?`,
            run: endpointsOf(service),
          },
        ]
      : []),
  ]
}

function endpointsOf(service: string): ShellCommand {
  const { namespace, name } = keyName(service)
  return sh`kubectl -n ${namespace} get endpointslices -l kubernetes.io/service-name=${name} -o wide`
}

function anywhere(announcer: string): FixStep[] {
  return [
    {
      kind: 'look',
      text: 'Does the announcer run on the nodes that may announce?',
      run: sh`kubectl get pods -A -o wide | grep ${peopleOf(announcer).pods}`,
    },
  ]
}

function onHolder(announcer: string, holder: string): FixStep[] {
  const pods = peopleOf(announcer).pods
  return [
    {
      kind: 'look',
      text: `Does the announcer run on ${holder}?`,
      run: sh`kubectl get pods -A -o wide --field-selector spec.nodeName=${holder} | grep ${pods}`,
    },
    {
      kind: 'look',
      text: `Its log on the node, and whether the API server is reached from there: connections to port 6443 that time out point to a packet filter`,
      run: sh`crictl ps --name ${pods} -q | xargs -r -n 1 crictl logs --tail=50; ss -tn state syn-sent; nft list ruleset | grep -n 6443`,
      where: 'node',
      node: holder,
    },
  ]
}
