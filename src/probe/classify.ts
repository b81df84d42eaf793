import type { ClaimFacts } from '../observe/model.js'

export type ResponderClass = 'owner' | 'proxy-arp' | 'unknown'

/**
 * Tells a true owner of an address from a host that answers for others.
 *
 * An owner (kernel address, MetalLB, Cilium) answers an RFC 5227 probe; the kernel's proxy never does (a source of
 * 0.0.0.0 has no route: `net/ipv4/arp.c` arp_process), so an unanswered probe of a MAC that answers everything else
 * is the mark of a proxy. With no probe in the capture, nothing is claimed.
 */
export function classifyResponder(claim: ClaimFacts): ResponderClass {
  const { broadcast, unicast, probe } = claim.answered
  if (probe.answered > 0) return 'owner'
  const answersOthers = broadcast.answered + unicast.answered > 0
  return probe.asked > 0 && answersOthers ? 'proxy-arp' : 'unknown'
}
