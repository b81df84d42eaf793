import type { AnnouncerView } from '../../cluster/announcers/announcer.js'
import { ServiceHistory } from '../../cluster/announcers/history.js'
import { advertisementsFor } from '../../cluster/announcers/metallb/candidates.js'
import { electionRules } from '../../cluster/announcers/metallb/election.js'
import { poolOf, poolsOfResources } from '../../cluster/announcers/metallb/pools.js'
import { METALLB } from '../../cluster/announcers/metallb/versions.js'
import { holdsFor } from '../../cluster/announcers/version.js'
import type { ClusterEvent } from '../../cluster/model.js'
import { likely } from '../certainty.js'
import { answersOf, clusterFix, inNamespace, listed, objectEvidence } from '../cluster-parts.js'
import { defineClusterRule } from '../define-cluster-rule.js'
import { each, sh } from '../shell.js'
import { ipSubject } from '../subject.js'
import { theInstall } from './installs.js'

interface Mismatch {
  readonly ip: string
  readonly service: string
  readonly node: string
  readonly interfaces: readonly string[]
  /** `namespace/name` of the L2Advertisements that name them. */
  readonly advertisements: readonly string[]
}

export const interfaceMismatch = defineClusterRule({
  id: 'metallb/interface-mismatch',
  title: 'The elected node has none of the interfaces that the L2Advertisement names',
  severity: 'error',
  kinds: ['workloads', 'events', 'services', 'ipAddressPools', 'l2Advertisements'],
  needs: ['announcers'],
  explains: ['wire/no-answer'],
  docs: {
    what: 'An L2Advertisement restricts its interfaces, and the node that won the election has none of them. The speaker there says so with the event `announceFailed`.',
    why: 'The interfaces take no part in the election: the node wins, announces nothing, and no other takes its place.',
    confirm:
      '`kubectl describe service NAME` shows `announceFailed`; `ip -brief link` on the node shows its interfaces.',
    falseAlarms:
      'The event may be up to an hour old: it counts only while it is the newest about the Service and its node is still the one elected. An interface that has appeared since then is announced on.',
    references: [
      METALLB.selectsInterfaces.source,
      'https://metallb.io/configuration/_advanced_l2_configuration/#specify-network-interfaces-that-lb-ip-can-be-announced-from',
      'metallb/metallb speaker/layer2_controller.go SetBalancer',
    ],
  },
  *checkCluster({ workloads, events, services, ipAddressPools, l2Advertisements }, { announcers }) {
    const install = theInstall(workloads)
    if (!install) return
    const pools = poolsOfResources(ipAddressPools, l2Advertisements, [])
    // the field is ignored by versions that do not know it
    const known = holdsFor(install.version, METALLB.selectsInterfaces)
    if (known === false) return
    const history = new ServiceHistory(events)
    const winners = winnersOf(announcers)
    for (const service of services) {
      const event = lastWord(history.of(service))
      const failed = event && readFailure(event)
      const pool = failed && poolOf(pools, failed.ip)
      if (
        !pool ||
        !service.ingress.some(({ ip }) => ip === failed.ip) ||
        (winners.get(failed.ip) ?? failed.node) !== failed.node
      )
        continue
      const restricted = advertisementsFor(pool, service, electionRules(install.version))
      if (restricted.some(({ interfaces }) => interfaces.length === 0)) continue
      yield {
        subject: ipSubject(failed.ip),
        ...likely('an event says it; events tell the past'),
        data: {
          ...failed,
          service: service.key,
          interfaces: [...new Set(restricted.flatMap(({ interfaces }) => interfaces))],
          advertisements: restricted.map(({ key }) => key),
        },
        evidence: [
          objectEvidence(`Event/${event.key}`, '.message', event.message),
          ...restricted.map(({ key, interfaces }) =>
            objectEvidence(`L2Advertisement/${key}`, '.spec.interfaces', interfaces.join(', ')),
          ),
        ],
      }
    }
  },
  message: ({ ip, service, node, interfaces }: Mismatch) =>
    `${node} was elected for ${ip} (${service}) but has none of the interfaces ${listed(interfaces)}: nobody announces it`,
  fixes: ({ ip, node, advertisements }) => [
    clusterFix({
      summary: 'Let only nodes that have the interfaces be candidates, or name the right interfaces',
      risk: 'disruptive',
      text: `Add nodeSelectors that leave ${node} out, or correct .spec.interfaces`,
      run: each(advertisements.map((key) => sh`kubectl edit l2advertisement ${inNamespace(key)}`)),
      sideEffects: ['Other addresses of the pool may move to another node.'],
      verify: sh`l2doctor scan --vip ${ip}`,
      undo: 'Restore the former specification.',
    }),
  ],
})

/** The newest event about who announces; what came before it is history. */
function lastWord(events: readonly ClusterEvent[]): ClusterEvent | undefined {
  return events.filter(({ reason }) => reason === 'announceFailed' || reason === 'nodeAssigned').at(-1)
}

/** The elected node by address, where an election was held. */
function winnersOf(announcers: readonly AnnouncerView[]): ReadonlyMap<string, string> {
  return new Map(
    answersOf(announcers, 'metallb').flatMap(({ ip, expected }) =>
      expected.flatMap(({ node, from }) => (from === 'election' ? [[ip, node] as const] : [])),
    ),
  )
}

/** The address and node of `the interfaces specified by LB IP "…" doesn't exist in assigned node "…" with protocol "layer2"`. */
function readFailure({ reason, message }: ClusterEvent): { ip: string; node: string } | null {
  if (reason !== 'announceFailed') return null
  const match = /LB IP "([^"]+)".*assigned node "([^"]+)"/.exec(message)
  return match && { ip: match[1]!, node: match[2]! }
}
