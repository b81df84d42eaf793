import type { ClaimFacts } from '../observe/model.js'

export type ResponderClass = 'owner' | 'proxy-arp' | 'unknown'

/** The kernel's proxy answers a broadcast at random within `proxy_delay` (0.8 s); an owner on a LAN within a few ms. */
const LATE_MICROS = 20_000
/** How likely silence may be by mere chance before it proves a proxy: lateness is a second witness, so less is needed. */
const CHANCE_ALLOWED = { late: 0.35, prompt: 0.05 } as const

/**
 * Tells a true owner of an address from a host that answers for others.
 *
 * An owner (kernel address, MetalLB, Cilium) answers an RFC 5227 probe; the kernel's proxy never does (a source of
 * 0.0.0.0 has no route: `net/ipv4/arp.c` arp_process). So silence to probes is the mark of a proxy, unless the host
 * answers so seldom, or was probed so seldom, that an owner could have missed them all. With no probe nothing is claimed.
 */
export function classifyResponder({ answered, latency }: ClaimFacts): ResponderClass {
  if (answered.probe.answered > 0) return 'owner'
  const asked = answered.broadcast.asked + answered.unicast.asked
  const answers = answered.broadcast.answered + answered.unicast.answered
  if (answered.probe.asked === 0 || answers === 0) return 'unknown'
  const allowed = latency !== null && latency.medianMicros >= LATE_MICROS ? CHANCE_ALLOWED.late : CHANCE_ALLOWED.prompt
  return silentByChance(asked, answers, answered.probe.asked) <= allowed ? 'proxy-arp' : 'unknown'
}

/** The chance that a host which answered so many of its other requests misses every probe (rule of succession). */
function silentByChance(asked: number, answers: number, probes: number): number {
  const reliability = (answers + 1) / (asked + 2)
  return (1 - reliability) ** probes
}
