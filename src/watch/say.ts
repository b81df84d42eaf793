import { addressLabel } from '../report/wording.js'
import { subjectText } from '../rules/subject.js'
import type { Change, Machine, WatchedFinding } from './model.js'
import type { ServiceChange } from './services.js'

/** What happened to the watch itself. */
export type Note =
  | { readonly event: 'vantage-down'; readonly reason: string }
  | { readonly event: 'vantage-up'; readonly engine: string; readonly downMs: number | null }
  | { readonly event: 'reloaded'; readonly vips: number }
  | { readonly event: 'reload-failed'; readonly reason: string }
  /** `byMs`: negative where it was set back. */
  | { readonly event: 'clock-set'; readonly byMs: number }
  | { readonly event: 'not-listed'; readonly changes: number }
  | { readonly event: 'failed'; readonly what: string; readonly reason: string }
  | { readonly event: 'works-again'; readonly what: string }
  | ServiceChange
  | { readonly event: 'asker'; readonly standing: Standing }

/** Who asks on a segment: us, because we hold its Lease or may hold none; or another, and who, and we at most for what that one cannot judge. */
export type Standing =
  | { readonly is: 'holder' }
  | { readonly is: 'follower'; readonly of: string }
  | { readonly is: 'second'; readonly of: string }
  | { readonly is: 'refused'; readonly why: string }

/** One line of the log. `interface` null: it is about the watch as a whole. */
export interface Said {
  readonly at: string
  readonly interface: string | null
  readonly change: Change | Note
  /** The number of the window that shows it, from 1 on; absent: none does. */
  readonly window?: number
}

/** `2026-01-01T00:00:00Z eth0 error: 2 MACs answer for 10.0.0.240 … [wire/duplicate-responders]`: one line, without its end. */
export function lineOf({ at, interface: device, change }: Said): string {
  return [at, ...(device === null ? [] : [device]), wordsOf(change)].join(' ').replace(/\s+/g, ' ')
}

/** The same for a log collector; its members are flat but for `finding` and `expectation`. */
export function recordOf({ at, interface: device, change, window }: Said): Readonly<Record<string, unknown>> {
  return {
    at,
    ...(device === null ? {} : { interface: device }),
    ...(window === undefined ? {} : { window }),
    ...change,
  }
}

function wordsOf(change: Change | Note): string {
  switch (change.event) {
    case 'finding-began':
      return `${change.finding.severity}: ${describe(change.finding)}`
    case 'finding-ended':
      return `resolved: ${change.finding.title}: ${subjectText(change.finding.subject)} (since ${change.since}) [${change.finding.rule}]`
    case 'finding-left':
      return `another watch asks now, and says whether this stands: ${change.finding.title}: ${subjectText(change.finding.subject)} (since ${change.since}) [${change.finding.rule}]`
    case 'owner-first-seen':
      return `${addressLabel({ ...change, vlans: [...change.vlans] })} is answered by ${named(change.to)}`
    case 'owner-moved':
      return `${addressLabel({ ...change, vlans: [...change.vlans] })} moved from ${named(change.from)} to ${named(change.to)}${change.times > 1 ? `, ${change.times} moves in this window` : ''}`
    case 'vip-unknown':
      return `${change.ip} is unknown: ${change.because}`
    case 'vip-known':
      return `${change.ip} can be judged again`
    case 'expectation-changed':
      return `expectation ${change.expectation.status}: ${change.expectation.title}: ${change.expectation.message}`
    case 'vantage-down':
      return `blind: ${change.reason}; nothing is judged until this ends`
    case 'vantage-up':
      return `listening (engine ${change.engine})${change.downMs === null ? '' : ` again after ${Math.round(change.downMs / 1000)} s`}`
    case 'reloaded':
      return `read the files again: ${change.vips} addresses`
    case 'reload-failed':
      return `the files are kept as they were: ${change.reason}`
    case 'clock-set':
      return `the clock of this machine went ${change.byMs < 0 ? 'back' : 'forward'} by ${Math.round(Math.abs(change.byMs) / 1000)} s`
    case 'not-listed':
      return `and ${change.changes} more changes in this window`
    case 'service-address-changed':
      return `${change.service} had ${change.from.join(', ')}, now ${change.to.join(', ') || 'none'}`
    case 'asker':
      return asking(change.standing)
    case 'failed':
      return `${change.what}: ${change.reason}`
    case 'works-again':
      return `${change.what}: works again`
    default:
      return change satisfies never
  }
}

function asking(standing: Standing): string {
  switch (standing.is) {
    case 'holder':
      return 'asks: it holds the Lease of this segment'
    case 'follower':
      return `only listens: the Lease of this segment is held by ${standing.of || 'another'}`
    case 'second':
      return `asks only for what ${standing.of || 'the one'} that holds the Lease of this segment cannot judge itself`
    case 'refused':
      return `asks, as others may too: it may hold no Lease: ${standing.why}`
  }
}

function describe({ message, because, certainty, rule }: WatchedFinding): string {
  return `${message} (${certainty}: ${because}) [${rule}]`
}

function named({ mac, node }: Machine): string {
  return node === null ? mac : `${node} (${mac})`
}
