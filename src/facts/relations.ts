import { formatIpv4 } from '../wire/ipv4.js'
import type { Attribution } from './attribution.js'
import type { FactName, Facts, FactTable } from './facts.js'

/** In what relation nodes and Services stand to an address; null where the facts in hand cannot tell. */
export interface Relations {
  /** A MAC of this node answered for the address or claimed it. */
  answers(ip: string, node: string): boolean | null
  /** The node is one of those that may announce the address. */
  mayAnnounce(ip: string, node: string): boolean | null
  /** The Service (`namespace/name`) has the address. */
  serves(ip: string, service: string): boolean | null
}

/** Reads the relations off the facts of one run. */
export function relate(table: FactTable): Relations {
  const [wire, attribution] = [inHand(table, 'wire'), inHand(table, 'attribution')]
  const [announcers, expected] = [inHand(table, 'announcers'), inHand(table, 'expected')]
  return {
    answers(ip, node) {
      if (!wire || !attribution || attribution.macsOf(node).length === 0) return null
      const claims = wire.addresses.filter((address) => formatIpv4(address.ip) === ip).flatMap(({ claims }) => claims)
      return claims.some(({ mac }) => ownedBy(attribution, mac, node))
    },
    mayAnnounce(ip, node) {
      const answers = announcers?.flatMap((view) => view.answers).filter((answer) => answer.ip === ip) ?? []
      if (answers.length === 0) return null
      return answers.some((answer) =>
        [...answer.expected, ...answer.candidates.filter(({ eligible }) => eligible)].some((one) => one.node === node),
      )
    },
    serves: (ip, service) => expected?.get(ip)?.services.includes(service) ?? null,
  }
}

function ownedBy(attribution: Attribution, mac: number, node: string): boolean {
  return attribution.ownersOf(mac).some((owner) => owner.node === node)
}

function inHand<N extends FactName>(table: FactTable, name: N): Facts[N] | null {
  const fact = table[name]
  return fact?.known ? fact.value : null
}
