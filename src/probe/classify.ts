import type { AddressFacts, ClaimFacts, Exchange, Micros } from '../observe/model.js'
import { isIpv6 } from '../wire/ip.js'
import { BROADCAST_MAC, type Mac } from '../wire/mac.js'

export type ResponderClass = 'owner' | 'proxy-arp' | 'proxy-ndp' | 'unknown'

/** It answers for an address of another machine. */
export function isProxyClass(one: ResponderClass): boolean {
  return one === 'proxy-arp' || one === 'proxy-ndp'
}

/** The kernel's proxy answers a broadcast at random within `proxy_delay` (0.8 s); an owner on a LAN within a few ms. */
export const LATE_MICROS = 20_000
/** Fewer late answers may be a machine that was busy for a moment. */
const FEWEST_LATE_ROUNDS = 2
/** A single unanswered probe may be a lost frame. */
const FEWEST_PROBES = 2
/** How likely silence to all those probes may be by mere chance. */
const CHANCE_ALLOWED = 0.1
/** A machine that answered this long before a probe, and again this long after it, was there to hear it. */
const ALIVE_MICROS = 10_000_000
/** So was one that answered a moment before, though nothing was asked afterwards. */
const MOMENT_MICROS = 2_000_000

/**
 * Tells a true owner of an address from a machine that answers for others.
 *
 * An owner (kernel address, MetalLB, Cilium) answers an RFC 5227 probe; the kernel's proxy never does (a source of
 * 0.0.0.0 has no route: `net/ipv4/arp.c` arp_process). Silence alone proves nothing: an owner may lose frames, a bond in
 * balance-alb answers a probe under the MAC of another member, and some small stacks ignore probes. So a proxy is named only where
 * both marks of the kernel's proxy are there: several answers to broadcasts came late, and several probes went unanswered while the
 * machine answered other requests before and after each of them. With no probe nothing is claimed.
 */
export function classifyResponder(claim: ClaimFacts, address: Pick<AddressFacts, 'ip' | 'exchanges'>): ResponderClass {
  if (isIpv6(address.ip)) return classifyAdvertiser(claim)
  if (claim.answered.probe.answered > 0) return 'owner'
  const probes = ignoredProbes(claim.mac, address).length
  if (probes < FEWEST_PROBES || !isLate(claim)) return 'unknown'
  return silentByChance(claim, probes) <= CHANCE_ALLOWED ? 'proxy-arp' : 'unknown'
}

/**
 * A kernel that holds the address overrides when it is asked by multicast (net/ipv6/ndisc.c, ndisc_recv_ns). Its proxy never does,
 * answers up to `proxy_delay` late, and also one who looks whether the address is free. MetalLB does not override either, and leaves
 * that one without an answer: where nobody looked, it stays open which of the two it is.
 */
function classifyAdvertiser(claim: ClaimFacts): ResponderClass {
  if (claim.solicitedOverriding > 0) return 'owner'
  const isProxy = claim.overriding === 0 && claim.answered.probe.answered > 0 && isLate(claim)
  return isProxy ? 'proxy-ndp' : 'unknown'
}

/** Probes of others that this machine heard, for all one can tell, and did not answer. */
export function ignoredProbes(mac: Mac, { exchanges }: Pick<AddressFacts, 'exchanges'>): Exchange[] {
  const alive = exchanges.filter((round) => round.mode !== 'probe' && isAnsweredBy(mac, round)).map(({ at }) => at)
  return exchanges.filter(
    (round) =>
      round.mode === 'probe' &&
      round.asker !== mac &&
      (round.askedMac === mac || round.askedMac === BROADCAST_MAC) &&
      !isAnsweredBy(mac, round) &&
      isBracketed(round.at, alive),
  )
}

function isAnsweredBy(mac: Mac, { answers }: Exchange): boolean {
  return answers.some((answer) => answer.mac === mac)
}

function isBracketed(at: Micros, alive: readonly Micros[]): boolean {
  const before = alive.filter((sign) => sign <= at).map((sign) => at - sign)
  const after = alive.filter((sign) => sign >= at).map((sign) => sign - at)
  const [ago, ahead] = [Math.min(...before), Math.min(...after)]
  return ago <= ALIVE_MICROS && (ahead <= ALIVE_MICROS || (ago <= MOMENT_MICROS && after.length === 0))
}

/** Most of its answers came as late as those of the kernel's proxy, or of the holder of an anycast address. */
export function isLate({ answered, latency }: ClaimFacts): boolean {
  return latency !== null && latency.medianMicros >= LATE_MICROS && answered.broadcast.answered >= FEWEST_LATE_ROUNDS
}

/** The chance that a machine which answered so many of its other requests misses so many probes (rule of succession). */
function silentByChance({ answered }: ClaimFacts, probes: number): number {
  const asked = answered.broadcast.asked + answered.unicast.asked
  const answers = answered.broadcast.answered + answered.unicast.answered
  return (1 - (answers + 1) / (asked + 2)) ** probes
}
