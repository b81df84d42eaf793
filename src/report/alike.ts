import { subjectParts, subjectText } from '../rules/subject.js'
import type { Report, ReportedFinding } from './report.js'

/** Findings that say the same of several subjects, for people one entry with the list; in JSON each stays a finding. */
export interface Entry {
  /** Speaks for all of them. */
  readonly first: ReportedFinding
  readonly all: readonly ReportedFinding[]
}

/** In the order of the first of each. */
export function entriesOf(findings: readonly ReportedFinding[], report: Pick<Report, 'addresses'>): Entry[] {
  const services = new Map(report.addresses.map(({ ip, service }) => [ip, service]))
  const groups = new Map<string, ReportedFinding[]>()
  for (const one of findings) {
    const key = sameness(one, one.subject.kind === 'ip' ? (services.get(one.subject.ip) ?? null) : null)
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return [...groups.values()].map((all) => ({ first: all[0] as ReportedFinding, all }))
}

/** Of one rule, as grave and as certain, in the same words but for the subject's own names and how often it was counted. */
function sameness({ rule, severity, certainty, subject, message, because }: ReportedFinding, service: string | null) {
  const own = ownNames(subject, service)
  return JSON.stringify([
    rule,
    severity,
    certainty,
    subject.kind,
    ...[message, because].map((text) => shape(text, own)),
  ])
}

function ownNames(subject: ReportedFinding['subject'], service: string | null): string[] {
  const names = [subjectText(subject), ...subjectParts(subject), ...(service === null ? [] : [service])]
  return names.filter(({ length }) => length > 1).sort((a, b) => b.length - a.length)
}

const MAC = /\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b/g
/** `5 of 6`, `12 requests`, `0.4 s`: what differs from one address to the next though nothing else does. */
const COUNT = /(?<![\w./:-])\d+(?:\.\d+)?(?= of \d| (?:ms|s|rounds?|requests?|frames?|probes?|broadcasts?|times?)\b)/g
const OF_COUNT = /\bof \d+ /g
const CLOCK = /\b\d\d:\d\d:\d\d(?:\.\d+)?\b/g

/** A text without the names of its subject; who is heard first of several machines decides nothing. */
function shape(text: string, own: readonly string[]): string {
  const bare = own.reduce((rest, name) => rest.replaceAll(name, '\u0000'), text)
  const macs = [...new Set(bare.match(MAC) ?? [])].sort()
  const counted = bare.replace(MAC, 'MAC').replace(CLOCK, 'TIME').replace(COUNT, 'N').replace(OF_COUNT, 'of N ')
  return `${counted} ${macs.join(' ')}`
}
