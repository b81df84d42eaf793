import type { ReportedFinding } from '../report/report.js'
import { type Subject, subjectText } from '../rules/subject.js'
import { type WatchedWindow, wasAsked } from './model.js'

/** What an Event says of a finding about one Service: the same words in each window. */
export interface FindingOfService {
  /** `namespace/name`. */
  readonly service: string
  /** `WireDuplicateResponders`. */
  readonly reason: string
  /** At most 1024 bytes, as a title and a name are short. */
  readonly note: string
}

/**
 * The findings of a window about a Service, or about an address of it, once for each Service. None where no request was sent, for an
 * address or at all: whoever only listens gives no verdict. An Event cannot say how sure a finding is, so what is only possible is none; nor is information.
 */
export function findingsOfServices({ asked, memory, report }: WatchedWindow): FindingOfService[] {
  if (asked === false) return []
  const isJudged = ({ subject }: ReportedFinding) => subject.kind !== 'ip' || wasAsked(asked, subject.ip)
  const standing = report.findings.filter((one) => memory.findings.has(one.fingerprint) && isJudged(one))
  const byIp = new Map<string, readonly string[]>()
  for (const { ip, services } of report.addresses) byIp.set(ip, [...(byIp.get(ip) ?? []), ...services])
  return standing
    .filter(({ severity, certainty }) => severity !== 'info' && certainty !== 'possible')
    .flatMap((finding) => [...new Set(servicesOf(finding.subject, byIp))].map((service) => said(service, finding)))
}

function servicesOf(subject: Subject, byIp: ReadonlyMap<string, readonly string[]>): readonly string[] {
  if (subject.kind === 'ip') return byIp.get(subject.ip) ?? []
  return subject.kind === 'service' ? [subjectText(subject)] : []
}

function said(service: string, { rule, title, subject }: ReportedFinding): FindingOfService {
  return { service, reason: reasonOf(rule), note: `${title}: ${subjectText(subject)} [${rule}]` }
}

/** `wire/duplicate-responders` → `WireDuplicateResponders`, with the area: two areas may have a rule of one name. */
export function reasonOf(rule: string): string {
  return rule
    .split(/[/-]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
}
