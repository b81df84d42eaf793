import { subjectText } from '../rules/subject.js'
import type { Change, Machine, WatchedFinding } from './model.js'

/** What happened to the watch itself. */
export type Note =
  | { readonly event: 'vantage-down'; readonly reason: string }
  | { readonly event: 'vantage-up'; readonly engine: string; readonly downMs: number | null }
  | { readonly event: 'reloaded'; readonly vips: number }
  | { readonly event: 'reload-failed'; readonly reason: string }
  | { readonly event: 'not-listed'; readonly changes: number }
  | { readonly event: 'failed'; readonly what: string; readonly reason: string }
  | { readonly event: 'works-again'; readonly what: string }

/** One line of the log. `interface` null: it is about the watch as a whole. */
export interface Said {
  readonly at: string
  readonly interface: string | null
  readonly change: Change | Note
}

/** `2026-01-01T00:00:00Z eth0 error: 2 MACs answer for 10.0.0.240 … [wire/duplicate-responders]`: one line, without its end. */
export function lineOf({ at, interface: device, change }: Said): string {
  return [at, ...(device === null ? [] : [device]), wordsOf(change)].join(' ').replace(/\s+/g, ' ')
}

/** The same for a log collector; its members are flat but for `finding` and `expectation`. */
export function recordOf({ at, interface: device, change }: Said): Readonly<Record<string, unknown>> {
  return { at, ...(device === null ? {} : { interface: device }), ...change }
}

function wordsOf(change: Change | Note): string {
  switch (change.event) {
    case 'finding-began':
      return `${change.finding.severity}: ${describe(change.finding)}`
    case 'finding-ended':
      return `resolved: ${change.finding.title}: ${subjectText(change.finding.subject)} (since ${change.since}) [${change.finding.rule}]`
    case 'owner-first-seen':
      return `${change.ip} is answered by ${named(change.to)}`
    case 'owner-moved':
      return `${change.ip} moved from ${named(change.from)} to ${named(change.to)}${change.times > 1 ? `, ${change.times} moves in this window` : ''}`
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
    case 'not-listed':
      return `and ${change.changes} more changes in this window`
    case 'failed':
      return `${change.what}: ${change.reason}`
    case 'works-again':
      return `${change.what}: works again`
    default:
      return change satisfies never
  }
}

function describe({ message, because, certainty, rule }: WatchedFinding): string {
  return `${message} (${certainty}: ${because}) [${rule}]`
}

function named({ mac, node }: Machine): string {
  return node === null ? mac : `${node} (${mac})`
}
