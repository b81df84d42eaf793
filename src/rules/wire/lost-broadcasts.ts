import type { AddressFacts, Exchange, Micros } from '../../observe/model.js'
import type { Mac } from '../../wire/mac.js'
import { byAsker } from './rounds.js'

/** A broadcast without an answer, beside unicast requests of the same asker that were answered. */
export interface Lost {
  readonly broadcast: Exchange
  /** The unicast request after it that was answered. */
  readonly after: Exchange
  /** The machine that answered it was heard just before the broadcast too. */
  readonly before: boolean
}

/** A machine that answers within this after a broadcast was most likely there when the broadcast came. */
const AROUND_MICROS: Micros = 3_000_000

/**
 * The broadcasts that a living machine did not answer. One counts only where the machine answered a unicast request soon after it
 * and was heard soon before it: it neither died nor came up in between. An announcement in between is a machine that came up.
 * `probed`: we asked ourselves, without a unicast before; then the answer after it is enough.
 * Empty where any broadcast in that time was answered: that is loss, not deafness.
 */
function lostBroadcasts(address: AddressFacts, rounds: readonly Exchange[], probed: boolean): Lost[] {
  const lost = rounds.flatMap((round) => {
    const found = round.mode === 'broadcast' && round.answers.length === 0 ? judge(round, address, rounds) : null
    return found && (found.before || probed) ? [found] : []
  })
  const [first, last] = [lost[0]?.broadcast.at ?? 0, lost.at(-1)?.after.at ?? 0]
  const within = rounds.filter(({ mode, at }) => mode === 'broadcast' && at >= first && at <= last)
  return within.some(({ answers }) => answers.length > 0) ? [] : lost
}

/** A single unanswered broadcast may be a lost frame. */
const FEWEST_BROADCASTS = 2

/** The lost broadcasts of the first asker that shows enough of them; null: none does. */
export function deafness(address: AddressFacts, rounds: readonly Exchange[], probed: boolean): readonly Lost[] | null {
  const each = [...byAsker(rounds)].map((own) => lostBroadcasts(address, own, probed))
  return each.find(({ length }) => length >= FEWEST_BROADCASTS) ?? null
}

function judge(broadcast: Exchange, address: AddressFacts, rounds: readonly Exchange[]): Lost | null {
  const direct = rounds.filter(({ mode, at }) => mode === 'unicast' && at >= broadcast.at)
  const [after] = direct
  const mac = after?.answers[0]?.mac
  if (!after || mac === undefined || after.at - broadcast.at > AROUND_MICROS) return null
  if (announcedBetween(mac, address, broadcast.at, after.at)) return null
  const before = heard(mac, address).some((at) => at <= broadcast.at && broadcast.at - at <= AROUND_MICROS)
  return { broadcast, after, before }
}

function announcedBetween(mac: Mac, { claims, transitions }: AddressFacts, from: Micros, to: Micros): boolean {
  const announcements = [
    ...claims.filter((claim) => claim.mac === mac).flatMap(({ lastGratuitousAt }) => lastGratuitousAt ?? []),
    ...transitions.filter((change) => change.announced && change.to === mac).map(({ at }) => at),
  ]
  return announcements.some((at) => at > from && at <= to)
}

/** When this machine is known to have spoken for the address. */
function heard(mac: Mac, { claims, exchanges }: AddressFacts): Micros[] {
  const answers = exchanges.flatMap(({ at, answers }) =>
    answers.filter((answer) => answer.mac === mac).map(({ afterMicros }) => at + afterMicros),
  )
  const claimed = claims.filter((claim) => claim.mac === mac)
  return [...answers, ...claimed.flatMap(({ firstAt, lastGratuitousAt }) => [firstAt, lastGratuitousAt ?? firstAt])]
}
