import type { Question } from '../../facts/question.js'
import type { AddressFacts, Exchange, Transition } from '../../observe/model.js'
import type { Mac } from '../../wire/mac.js'
import { SETTLING, takeovers } from './takeover.js'

export function answerers(round: Exchange): Set<Mac> {
  return new Set(round.answers.map(({ mac }) => mac))
}

/** Broadcast rounds that two or more MACs answered, as far as they are kept. */
export function contestedRounds({ exchanges }: AddressFacts): Exchange[] {
  return exchanges.filter((round) => round.mode !== 'unicast' && answerers(round).size > 1)
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

/** Rounds whose answers must have reached the capture: our own, or all of them when nobody says which are ours. */
export function ownRounds(address: AddressFacts, { own }: Question): Exchange[] {
  if (own.macs.length === 0) return [...address.exchanges]
  return address.exchanges.filter(({ asker }) => own.macs.includes(asker))
}
