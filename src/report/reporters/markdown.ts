import { atHand } from '../at-hand.js'
import { printableReport } from '../printable.js'
import type { Report, ReportedAddress } from '../report.js'
import { outcomeOf } from '../verdict.js'
import {
  addressLabel,
  addressWords,
  bySeverity,
  claimNotes,
  makerWords,
  nextStep,
  plural,
  severityWords,
  trustWords,
  truthsLine,
  verdictLine,
} from '../wording.js'
import { findingBlock } from './markdown/finding.js'
import { details, fence, list, table, text } from './markdown/syntax.js'
import type { Reporter } from './reporter.js'

/** A step summary may hold 1 MiB; so many of each are told, the rest are counted. */
const SHOWN = 50

const SIGN = { healthy: '✅', findings: '❌', inconclusive: '⚠️' }
const EXPECTATION_SIGN = { held: '✅', failed: '❌', unknown: '⚠️' }

/** GitHub flavoured, for step summaries, issues and merge requests. */
export const markdown: Reporter = (report) => {
  const shown = printableReport(atHand(report))
  const blocks = [
    `## ${sign(shown)} l2doctor ${text(shown.run.command)}: ${text(verdictLine(shown))}`,
    `Looked at: ${text(truthsLine(shown))}`,
    ...next(shown),
    ...expectations(shown),
    ...findings(shown),
    ...responders(shown),
    ...unchecked(shown),
    ...accepted(shown),
  ]
  return `${blocks.join('\n\n')}\n`
}

function sign(report: Report): string {
  const outcome = outcomeOf(report)
  return outcome === null ? SIGN[report.verdict] : EXPECTATION_SIGN[outcome]
}

function expectations({ expectations }: Report): string[] {
  if (expectations.length === 0) return []
  const rows = expectations.map(({ status, title, message }) => [EXPECTATION_SIGN[status], title, message])
  return ['### Expectations', table(['', 'Expected', 'Seen'], rows)]
}

function next(report: Report): string[] {
  const step = nextStep(report)
  if (!step) return []
  return [`**Do this next:** ${text(step.text)}`, ...(step.run === null ? [] : [fence(step.run, 'sh')])]
}

function findings(report: Report): string[] {
  const sorted = bySeverity(report.findings)
  if (sorted.length === 0) return []
  const left = sorted.length - SHOWN
  return [
    `### Findings: ${severityWords(sorted)}`,
    ...sorted.slice(0, SHOWN).map(findingBlock),
    ...(left > 0 ? [`and ${plural(left, 'more finding')}.`] : []),
  ]
}

function responders(report: Report): string[] {
  const { addresses } = report
  if (addresses.length === 0) return []
  const left = addresses.length - SHOWN
  const notes = addresses.length > 1 ? [] : addresses.map(trustWords).filter((words) => words !== null)
  return [
    report.truths.wire.asked ? '### Who answers' : '### Who should answer',
    table(
      ['Address', 'Asked', 'MAC', 'Vendor', 'Class', 'Rounds', 'First / median', 'Note'],
      addresses.slice(0, SHOWN).flatMap((address) => addressRows(address, report)),
    ),
    ...(left > 0 ? [`and ${plural(left, 'more address', 'more addresses')}.`] : []),
    ...notes.map(text),
  ]
}

function addressRows(address: ReportedAddress, report: Report): string[][] {
  const lead = [addressLabel(address), addressWords(address, report)]
  if (address.claims.length === 0) return [[...lead, '', '', '', '', '', '']]
  return address.claims.map((claim, index) => [
    ...(index === 0 ? lead : ['', '']),
    claim.mac,
    makerWords(claim) ?? '',
    claim.class,
    `${claim.rounds}/${address.rounds}`,
    claim.firstMs === null ? '' : `${claim.firstMs} / ${claim.medianMs} ms`,
    claimNotes(claim, address, true).join(', '),
  ])
}

function unchecked({ gaps, skipped }: Report): string[] {
  if (gaps.length + skipped.length === 0) return []
  const rules = list(skipped.map(({ rule, because }) => `${rule}: ${because}`))
  return [
    '### Not checked',
    ...(gaps.length > 0 ? [list(gaps.map(gapWords))] : []),
    ...(skipped.length > 0 ? [details(`${plural(skipped.length, 'skipped check')}`, rules)] : []),
  ]
}

function accepted({ suppressed }: Report): string[] {
  if (suppressed.length === 0) return []
  const findings = list(suppressed.map(({ message, suppressedBy }) => `${message} (accepted by ${suppressedBy})`))
  return [details(plural(suppressed.length, 'accepted finding'), findings)]
}

function gapWords({ subject, reason, hint }: Report['gaps'][number]): string {
  return hint === '' ? `${subject}: ${reason}` : `${subject}: ${reason}. To close the gap: ${hint}`
}
