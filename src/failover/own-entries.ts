import { formatMac, type Mac } from '../wire/mac.js'
import type { Move } from './measure.js'
import type { Mark } from './report.js'

/** What this machine's own neighbour table said of an address: before the first request, and each change since. */
export interface OwnEntries {
  readonly interface: string
  /** Null: there was no entry. */
  readonly before: Mac | null
  /** Oldest first; `at` in microseconds since the epoch, by the clock of a program. Null: the entry was deleted or has failed. */
  readonly changes: readonly { readonly at: number; readonly mac: Mac | null }[]
}

/** The start of what happened: the last answer of the old machine, or the first of the new one where that was before. */
export function startOf({ lastOldAt, firstNewAt }: Pick<Move, 'lastOldAt' | 'firstNewAt'>): number {
  return Math.min(lastOldAt, firstNewAt)
}

/** Null where there was no entry of the old machine that could change. */
export function ownEntryOf({ interface: name, before, changes }: OwnEntries, move: Move) {
  const start = startOf(move)
  const earlier =
    [before, ...changes.filter(({ at }) => at < Math.min(start, causeAt(move))).map(({ mac }) => mac)].at(-1) ?? null
  if (earlier === null) return null
  const change = changes.find(({ at, mac }) => at >= Math.min(start, causeAt(move)) && mac === move.to.mac)
  const changedAt = earlier === move.to.mac ? null : (change?.at ?? null)
  return {
    interface: name,
    before: formatMac(earlier),
    changedAt,
    by: changedAt === null ? null : causeOf(move, changedAt),
  }
}

/** A gratuitous ARP and an override advertisement change an entry at once; so does an answer to a request that this machine sent. */
function causeOf({ announcement, firstNewAt }: Move, changedAt: number): 'announcement' | 'answer' {
  const announced = announcement !== null && announcement.at <= changedAt
  return announced && announcement.at <= firstNewAt ? 'announcement' : 'answer'
}

function causeAt({ announcement, firstNewAt }: Move): number {
  return Math.min(announcement?.at ?? firstNewAt, firstNewAt)
}

/** What was seen, as a timeline from the start of what happened. */
export function marksOf(move: Move, changedAt: number | null): Mark[] {
  const start = startOf(move)
  const seen = move.signs.map((sign) => ({
    atMs: (sign.at - start) / 1000,
    what: sign.what,
    ...(sign.what === 'ask' ? {} : { mac: formatMac(sign.mac) }),
  }))
  if (changedAt === null) return seen
  const own: Mark = { atMs: (changedAt - start) / 1000, what: 'own-entry', mac: formatMac(move.to.mac) }
  return [...seen, own].sort((one, other) => one.atMs - other.atMs)
}
