import type { AnnouncerView, LeaseState, VipAnswer } from '../cluster/announcers/announcer.js'
import { groupBy } from '../cluster/group-by.js'
import type { ClusterSnapshot, Service } from '../cluster/model.js'
import { requestedAddresses } from '../cluster/requested-addresses.js'
import { once } from '../once.js'
import { vipsOf } from './expected.js'
import { poolsOf, poolsWith } from './pools.js'

/** Why nobody in the cluster should answer for an address, by the objects that were read. */
export type Vacancy =
  /** In these pools, and no Service has it. */
  | { readonly kind: 'unassigned'; readonly pools: readonly string[] }
  /** The lease that decides has expired, or was given up. */
  | { readonly kind: 'lease'; readonly announcer: string; readonly lease: LeaseState }
  /** Its announcer decides by a lease, and there is none. */
  | { readonly kind: 'no-lease'; readonly announcer: string }
  /** The node that an annotation names may not announce: each reason once. */
  | {
      readonly kind: 'ruled-out'
      readonly announcer: string
      readonly node: string
      readonly because: readonly string[]
    }
  /** No node may announce it: each reason once. */
  | { readonly kind: 'no-candidate'; readonly announcer: string; readonly because: readonly string[] }

/**
 * Why nobody is in charge of an address. Null where somebody is, where what would show it was not read, or where no announcer
 * and no pool has to do with it.
 */
export function vacancies(cluster: ClusterSnapshot, views: readonly AnnouncerView[]): (ip: string) => Vacancy | null {
  const { nodes } = cluster
  if (!nodes.known) return () => null
  const ofNodes = new Set(nodes.value.flatMap(({ internalIPs, externalIPs }) => [...internalIPs, ...externalIPs]))
  const answers = groupBy(
    views.flatMap(({ name, answers, traits }) =>
      answers.map((answer) => ({ announcer: name, byLease: traits.byLease, answer })),
    ),
    ({ answer }) => answer.ip,
  )
  const unassigned = unassignedIn(cluster)
  return (ip) => {
    if (ofNodes.has(ip)) return null
    const own = answers.get(ip)?.map(vacant)
    if (own === undefined) return unassigned(ip)
    return own.includes(null) ? null : own[0]!
  }
}

/** Addresses without a Service are those of a control plane, which the workloads show. */
function unassignedIn(cluster: ClusterSnapshot): (ip: string) => Vacancy | null {
  const { services, workloads } = cluster
  if (!services.known || !workloads.known) return () => null
  const all = poolsOf(cluster)
  return (ip) => {
    const pools = concernedBy(services.value).has(ip) ? [] : poolsWith(ip, all)
    return pools.length > 0 ? { kind: 'unassigned', pools } : null
  }
}

/** Every address that a Service has or asks for; made only where an address is open at all. */
const concernedBy = once(
  (services: readonly Service[]): ReadonlySet<string> =>
    new Set(services.flatMap((one) => [...vipsOf(one), ...requestedAddresses(one)])),
)

interface Counted {
  readonly announcer: string
  readonly byLease: boolean
  readonly answer: VipAnswer
}

function vacant({ announcer, byLease, answer }: Counted): Vacancy | null {
  const { expected, lease, undecided } = answer
  if (undecided) return null
  if (lease?.expired) return { kind: 'lease', announcer, lease }
  const [first] = expected
  if (first) return first.from === 'annotation' ? ruledOut(announcer, first.node, answer) : null
  if (lease === undefined && byLease) return { kind: 'no-lease', announcer }
  const { candidates } = answer
  if (candidates.length === 0 || candidates.some(({ eligible }) => eligible)) return null
  return { kind: 'no-candidate', announcer, because: [...new Set(candidates.flatMap(({ because }) => because))] }
}

function ruledOut(announcer: string, node: string, { candidates }: VipAnswer): Vacancy | null {
  const because = candidates.find((one) => one.node === node)?.because ?? []
  return because.length > 0 ? { kind: 'ruled-out', announcer, node, because } : null
}

/** As part of a sentence, after the address. */
export function vacancyWords(vacancy: Vacancy): string {
  switch (vacancy.kind) {
    case 'unassigned':
      return `no Service has it (it is in ${vacancy.pools.join(', ')})`
    case 'lease':
      return leaseWords(vacancy.lease)
    case 'no-lease':
      return `${vacancy.announcer} announces with a lease only, and no lease is there for it`
    case 'ruled-out':
      return `${vacancy.node}, which ${vacancy.announcer} names, may not announce it (${vacancy.because.join('; ')})`
    case 'no-candidate':
      return `by ${vacancy.announcer} no node may announce it (${vacancy.because.join('; ')})`
  }
}

function leaseWords({ object, holder, renewedAt, age }: LeaseState): string {
  return holder === null
    ? `${object} is free since ${renewedAt} (${age} s)`
    : `${object} has expired: ${holder} has not renewed it since ${renewedAt} (${age} s)`
}
