import type { Mac } from '../wire/mac.js'
import type { Claims } from './claims.js'
import * as CLAIM from './columns/claim.js'
import type { SenderFacts } from './model.js'
import type { Tables } from './tables.js'

const MAX_SENDERS = 100
const MAX_ADDRESSES = 32

/** MACs that claim more than one address, on whatever VLANs. */
export function senderFacts({ addresses, claims }: Tables): readonly SenderFacts[] {
  const found = new Map(busiest(claims).map((mac) => [mac, new Set<number>()]))
  for (const claim of realClaims(claims)) {
    found.get(claims.mac(claim))?.add(addresses.ip(claims.address(claim)))
  }
  return [...found]
    .map(([mac, ips]) => ({ mac, count: ips.size, addresses: [...ips].slice(0, MAX_ADDRESSES) }))
    .filter(({ count }) => count > 1)
    .sort((one, other) => other.count - one.count)
}

/** The MACs with most claims, of those with more than one. */
function busiest(claims: Claims): Mac[] {
  const counts = new Map<Mac, number>()
  for (const claim of realClaims(claims)) counts.set(claims.mac(claim), (counts.get(claims.mac(claim)) ?? 0) + 1)
  const several = [...counts].filter(([, count]) => count > 1)
  return several
    .sort(([, one], [, other]) => other - one)
    .slice(0, MAX_SENDERS)
    .map(([mac]) => mac)
}

function* realClaims(claims: Claims): Generator<number> {
  for (let claim = 0; claim < claims.count; claim++) if (claims.get(claim, CLAIM.firstFrame) > 0) yield claim
}
