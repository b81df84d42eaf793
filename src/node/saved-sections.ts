import { type Gap, type Known, unknown } from '../known.js'
import { theirs } from '../theirs.js'
import { commandNames, HINTS, REASONS } from './host.js'
import type { Host, SectionName } from './model.js'

/** The sections that a file holds, with what it says of those that are missing in our own words, or quoted and without advice. */
export function savedSections(sections: Host['sections'], host: string): Host['sections'] {
  const names = Object.keys(sections) as SectionName[]
  const gapOf = (gap: Gap, name: SectionName) => gapInOurWords(gap, name, { before: host, host, reason: quoted })
  const read = names.map((name) => [name, savedSection(sections[name], (gap) => gapOf(gap, name))])
  const all: Host['sections'] = Object.fromEntries(read)
  return { ...all, ...partsInOurWords(all, gapOf) }
}

/** Sections that name one part of themselves which could not be read. */
const IN_PARTS = ['filterChains', 'ipv6FilterChains'] as const

function partsInOurWords(sections: Host['sections'], gapOf: (gap: Gap, name: SectionName) => Gap) {
  const parts = IN_PARTS.flatMap((name) => {
    const section = sections[name]
    if (!section.known || section.value.unread === null) return []
    return [[name, { ...section, value: { ...section.value, unread: gapOf(section.value.unread, name) } }]]
  })
  return Object.fromEntries(parts)
}

function savedSection(section: Known<unknown>, inOurWords: (gap: Gap) => Gap): Known<unknown> {
  if (section.known) return { ...section, from: section.from === REDACTED ? REDACTED : 'the snapshot' }
  const { subject, reason, hint } = inOurWords(section.gap)
  return unknown(subject, reason, hint)
}

/** Where redaction says that a value was read. */
const REDACTED = 'redacted'

function quoted(reason: string): string {
  return `it was not read; the snapshot says ${theirs(reason)}`
}

interface Naming {
  /** The name of the host in the gap, and the one to write. */
  readonly before: string
  readonly host: string
  /** What to write for a reason that is none of ours. */
  reason(reason: string): string
}

/** A gap of a section, in which only words of ours stay as they are. */
export function gapInOurWords({ subject, reason, hint }: Gap, section: SectionName, to: Naming): Gap {
  const command = subject.startsWith(`${to.before}: `) ? subject.slice(to.before.length + 2) : ''
  return {
    subject: `${to.host}: ${[...commandNames().values()].includes(command) ? command : section}`,
    reason: REASONS.includes(reason) ? reason : to.reason(reason),
    hint: HINTS.includes(hint) ? hint : '',
  }
}
