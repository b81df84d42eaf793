import { type Ip, isIpv6 } from '../wire/ip.js'
import { isLinkLocal6 } from '../wire/ipv6.js'
import type { Mac } from '../wire/mac.js'
import type { Claims } from './claims.js'
import * as CLAIM from './columns/claim.js'
import type { SenderFacts } from './model.js'
import type { Tables } from './tables.js'

const MAX_SENDERS = 100
const MAX_ADDRESSES = 32

/** MACs that claim more than one address, on whatever VLANs; the link-local ones that every host has are not counted. */
export function senderFacts({ addresses, claims }: Tables): readonly SenderFacts[] {
  const found = new Map(busiest(claims).map((mac) => [mac, new Set<Ip>()]))
  for (const claim of realClaims(claims)) {
    const ip = addresses.ip(claims.address(claim))
    if (!isIpv6(ip) || !isLinkLocal6(ip)) found.get(claims.mac(claim))?.add(ip)
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
