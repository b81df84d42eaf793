import { BROADCAST_MAC, type Mac } from '../wire/mac.js'
import type { AddressFacts, Exchange } from './model.js'

/** How often something was asked, and how often it answered. */
export interface Rounds {
  readonly asked: number
  readonly answered: number
}

/** The requests that every machine of the segment heard. A probe sent to one machine says nothing of the others. */
export function roundsOf({ asks: { broadcast, probe }, exchanges }: AddressFacts): Rounds {
  const toOne = exchanges.filter(isProbeOfOne)
  return {
    asked: broadcast.sent + probe.sent - toOne.length,
    answered: broadcast.answered + probe.answered - toOne.filter(({ answers }) => answers.length > 0).length,
  }
}

/** In how many of those rounds this MAC answered. */
export function roundsAnsweredBy(mac: Mac, { claims, exchanges }: AddressFacts): number {
  const answered = claims.find((claim) => claim.mac === mac)?.answered
  if (!answered) return 0
  const toOne = exchanges.filter((round) => isProbeOfOne(round) && round.answers.some((answer) => answer.mac === mac))
  return answered.broadcast.answered + answered.probe.answered - toOne.length
}

function isProbeOfOne({ mode, askedMac }: Exchange): boolean {
  return mode === 'probe' && askedMac !== BROADCAST_MAC
}
