import type { Question } from '../../facts/question.js'
import type { AddressFacts, Exchange, Transition } from '../../observe/model.js'
import { askersThatProbed } from '../../observe/rounds.js'
import { isIpv4 } from '../../wire/ip.js'
import type { Mac } from '../../wire/mac.js'
import { SETTLING, takeovers } from './takeover.js'

export function answerers(round: Exchange): Set<Mac> {
  return new Set(round.answers.map(({ mac }) => mac))
}

/** Broadcast rounds that two or more MACs answered, as far as they are kept. */
export function contestedRounds(address: AddressFacts): Exchange[] {
  return heardByAll(address).filter((round) => answerers(round).size > 1)
}

/** Rounds that tell who answers at all; of IPv6 those from :: do not, which announcers leave without an answer (observe/rounds.ts). */
function heardByAll({ ip, exchanges }: AddressFacts): Exchange[] {
  return exchanges.filter(({ mode }) => mode === 'broadcast' || (mode === 'probe' && isIpv4(ip)))
}

/** Two or more MACs answered the same round, and not merely in the seconds of one announced takeover. */
export function isContested(address: AddressFacts): boolean {
  if (address.contestedRounds === 0) return false
  const contested = contestedRounds(address)
  if (contested.length < address.contestedRounds) return true
  return !takeovers(address).some((change) => change.announced && settles(change, contested, address))
}

/** The contested rounds lie around this takeover, and afterwards the new owner alone answers. */
function settles({ at, to }: Transition, contested: readonly Exchange[], { exchanges }: AddressFacts): boolean {
  if (contested.some((round) => Math.abs(round.at - at) > SETTLING)) return false
  const last = contested.at(-1)?.at ?? at
  const later = exchanges.filter((round) => round.at > last && round.answers.length > 0)
  return later.length > 0 && later.every((round) => answerers(round).size === 1 && answerers(round).has(to))
}

/** Rounds whose answers must have reached the capture: our own; in a file those of a scan in it; all where nothing says which are ours. */
export function ownRounds(address: AddressFacts, { own }: Question): Exchange[] {
  const telling = address.exchanges.filter(({ mode }) => mode !== 'probe' || isIpv4(address.ip))
  const ours = own.macs.length > 0 ? new Set(own.macs) : askersThatProbed(address)
  return ours.size === 0 ? telling : telling.filter(({ asker }) => ours.has(asker))
}

/** The rounds of each asker. */
export function byAsker(rounds: readonly Exchange[]): Iterable<Exchange[]> {
  const groups = new Map<Mac, Exchange[]>()
  for (const round of rounds) {
    const group = groups.get(round.asker)
    if (group) group.push(round)
    else groups.set(round.asker, [round])
  }
  return groups.values()
}
