import { groupBy } from '../cluster/group-by.js'
import { keyOf } from '../cluster/key.js'
import type { Named } from '../cluster/model-common.js'
import { formatIp } from '../wire/ip.js'
import type { Attribution } from './attribution.js'
import type { FactName, Facts, FactTable } from './facts.js'

/** In what relation nodes and Services stand to an address; null where the facts in hand cannot tell. */
export interface Relations {
  /** A MAC of this node answered for the address or claimed it. */
  answers(ip: string, node: string): boolean | null
  /** The node is one of those that may announce the address. */
  mayAnnounce(ip: string, node: string): boolean | null
  /** The Service has the address. */
  serves(ip: string, service: Pick<Named, 'namespace' | 'name'>): boolean | null
  /** The operator asked about the address. */
  isAsked(ip: string): boolean
}

/** Reads the relations off the facts of one run. */
export function relate(table: FactTable): Relations {
  const [wire, attribution] = [inHand(table, 'wire'), inHand(table, 'attribution')]
  const [announcers, expected] = [inHand(table, 'announcers'), inHand(table, 'expected')]
  // each is asked for every symptom and every cause
  const seen = lazily(() => groupBy(wire?.addresses ?? [], (address) => formatIp(address.ip)))
  const announced = lazily(() => groupBy(announcers?.flatMap((view) => view.answers) ?? [], (answer) => answer.ip))
  return {
    answers(ip, node) {
      if (!wire || !attribution || attribution.macsOf(node).length === 0) return null
      const claims = (seen().get(ip) ?? []).flatMap(({ claims }) => claims)
      return claims.some(({ mac }) => ownedBy(attribution, mac, node))
    },
    mayAnnounce(ip, node) {
      const answers = announced().get(ip) ?? []
      if (answers.length === 0) return null
      return answers.some((answer) =>
        [...answer.expected, ...answer.candidates.filter(({ eligible }) => eligible)].some((one) => one.node === node),
      )
    },
    isAsked: (ip) => inHand(table, 'question')?.vips.some((vip) => formatIp(vip) === ip) ?? false,
    serves: (ip, service) => expected?.get(ip)?.services.includes(keyOf(service)) ?? null,
  }
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

function ownedBy(attribution: Attribution, mac: number, node: string): boolean {
  return attribution.ownersOf(mac).some((owner) => owner.node === node)
}

function inHand<N extends FactName>(table: FactTable, name: N): Facts[N] | null {
  const fact = table[name]
  return fact?.known ? fact.value : null
}
