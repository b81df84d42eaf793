import type { Question } from '../../facts/question.js'
import type { AddressFacts, Exchange, Micros, Transition } from '../../observe/model.js'
import { askersThatProbed } from '../../observe/rounds.js'
import { isIpv4 } from '../../wire/ip.js'
import type { Mac } from '../../wire/mac.js'
import { SETTLING, withoutEchoes, YIELDING } from './echoes.js'

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
  return address.contestedRounds > 0 && overlapOf(address) === null
}

/** While the old owner and the new one both answered, until the new one did so alone. */
export interface Overlap {
  readonly from: Micros
  readonly until: Micros
}

/** Null where no round is contested, or not all of them lie in the seconds of one announced takeover. */
export function overlapOf(address: AddressFacts): Overlap | null {
  const contested = contestedRounds(address)
  if (contested.length === 0 || contested.length < address.contestedRounds) return null
  for (const change of withoutEchoes(address)) {
    const settled = change.announced ? settles(change, contested, address) : null
    if (settled !== null) return { from: Math.min(change.at, contested[0]!.at), until: settled }
  }
  return null
}

/** When the new owner first answers alone: the contested rounds lie around this takeover, and afterwards nobody else answers. */
function settles({ at, to }: Transition, contested: readonly Exchange[], { exchanges }: AddressFacts): Micros | null {
  if (contested.some((round) => Math.abs(round.at - at) > SETTLING)) return null
  const last = contested.at(-1)?.at ?? at
  const later = exchanges.filter((round) => round.at > last && round.answers.length > 0)
  const [first] = later
  const isAlone = later.every((round) => answerers(round).size === 1 && answerers(round).has(to))
  return first && isAlone ? first.at + YIELDING : null
}

/** Rounds whose answers must have reached the capture: our own; in a file those of a scan in it; all where nothing says which are ours. */
export function ownRounds(address: AddressFacts, { own, probers }: Question): Exchange[] {
  const telling = address.exchanges.filter(({ mode }) => mode !== 'probe' || isIpv4(address.ip))
  const ours = own.macs.length > 0 ? new Set(own.macs) : new Set(probers ?? askersThatProbed(address))
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
