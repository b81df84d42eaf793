import { isIpv6 } from '../wire/ip.js'
import { BROADCAST_MAC, type Mac } from '../wire/mac.js'
import type { AddressFacts, Exchange, WireFacts } from './model.js'

const NOBODY: ReadonlySet<Mac> = new Set()

/** How often something was asked, and how often it answered. */
export interface Rounds {
  readonly asked: number
  readonly answered: number
}

/**
 * The requests that every machine of the segment heard. A probe sent to one machine says nothing of the others; and of IPv6 none
 * says anything, as announcers that hold no address (MetalLB) do not answer a solicitation from ::.
 */
export function roundsOf({ ip, asks: { broadcast, probe }, exchanges }: AddressFacts): Rounds {
  if (isIpv6(ip)) return { asked: broadcast.sent, answered: broadcast.answered }
  const toOne = exchanges.filter(isProbeOfOne)
  return {
    asked: broadcast.sent + probe.sent - toOne.length,
    answered: broadcast.answered + probe.answered - toOne.filter(({ answers }) => answers.length > 0).length,
  }
}

/**
 * Who both probed for the address and asked for it, as a scan does. A machine that is about to take an address only probes,
 * and other machines ask.
 */
export function askersThatProbed({ asks, exchanges }: Pick<AddressFacts, 'asks' | 'exchanges'>): ReadonlySet<Mac> {
  if (asks.probe.sent === 0) return NOBODY
  const asked = new Set(exchanges.filter(({ mode }) => mode === 'broadcast').map(({ asker }) => asker))
  return new Set(exchanges.filter(({ mode, asker }) => mode === 'probe' && asked.has(asker)).map(({ asker }) => asker))
}

/** Who scanned in a capture as l2doctor does: beside its broadcasts for an address there are RFC 5227 probes of it. */
export function probersIn({ addresses }: Pick<WireFacts, 'addresses'>): readonly Mac[] {
  return [...new Set(addresses.filter(({ asked }) => asked).flatMap((address) => [...askersThatProbed(address)]))]
}

/** In how many of those rounds this MAC answered. */
export function roundsAnsweredBy(mac: Mac, { ip, claims, exchanges }: AddressFacts): number {
  const answered = claims.find((claim) => claim.mac === mac)?.answered
  if (!answered) return 0
  if (isIpv6(ip)) return answered.broadcast.answered
  const toOne = exchanges.filter((round) => isProbeOfOne(round) && round.answers.some((answer) => answer.mac === mac))
  return answered.broadcast.answered + answered.probe.answered - toOne.length
}

function isProbeOfOne({ mode, askedMac }: Exchange): boolean {
  return mode === 'probe' && askedMac !== BROADCAST_MAC
}
