import { atHand } from '../at-hand.js'
import { printableReport } from '../printable.js'
import type { Report, ReportedAddress, ReportedFinding } from '../report.js'
import { outcomeOf } from '../verdict.js'
import {
  addressLabel,
  addressWords,
  bySeverity,
  certaintyLine,
  claimNotes,
  explainCommand,
  fixPlace,
  headline,
  isCommand,
  makerWords,
  nextStep,
  plural,
  severityWords,
  stepWords,
  trialWords,
  trustWords,
  truthsLine,
  verdictLine,
} from '../wording.js'
import { htmlDocument, policyOf } from './html/document.js'
import { el, type Html } from './html/elements.js'
import { command, details, list, rest, SHOWN, section, table } from './html/parts.js'
import { STYLE } from './html/style.js'
import { evidenceLines } from './plain-finding.js'
import type { Reporter } from './reporter.js'

/** One page for a ticket: no script, nothing from elsewhere, and what networks and clusters named is text. */
export const html: Reporter = (report) => {
  const shown = printableReport(atHand(report))
  const main = el('main', {}, [
    ...opening(shown),
    ...next(shown),
    ...expectations(shown),
    ...findings(shown),
    ...responders(shown),
    ...unchecked(shown),
    ...accepted(shown),
  ])
  return htmlDocument({
    title: `l2doctor ${shown.run.command}: ${verdictLine(shown)}`,
    attributes: {},
    head: [el('meta', { 'http-equiv': 'Content-Security-Policy', content: policyOf(STYLE) })],
    style: STYLE,
    body: [main],
  })
}

function opening(report: Report): Html[] {
  const { run, tool } = report
  const of = [`${run.command}, ${run.startedAt} to ${run.endedAt}`, run.source?.name ?? '', `l2doctor ${tool.version}`]
  return [
    el('header', { class: outcomeOf(report) ?? report.verdict }, [
      el('h1', {}, [verdictLine(report)]),
      el('p', {}, [`Looked at: ${truthsLine(report)}`]),
      el('p', { class: 'quiet' }, [of.filter(Boolean).join('; ')]),
    ]),
  ]
}

function next(report: Report): Html[] {
  const step = nextStep(report)
  if (step === null) return []
  return section('Do this next', [el('p', {}, [step.text]), ...(step.run === null ? [] : [command(step.run)])])
}

function expectations({ expectations: all }: Report): Html[] {
  if (all.length === 0) return []
  const rows = all.map(({ status, title, message }) => [status, title, message])
  return section('Expectations', [table(['Status', 'Expected', 'Seen'], rows)])
}

function findings(report: Report): Html[] {
  const sorted = bySeverity(report.findings)
  if (sorted.length === 0) return []
  return section(`Findings: ${severityWords(sorted)}`, [
    ...sorted.slice(0, SHOWN).map(finding),
    ...rest(sorted.length, 'more finding'),
  ])
}

function finding(one: ReportedFinding): Html {
  return el('article', { class: one.severity }, [
    el('h3', {}, [headline(one)]),
    el('p', {}, [one.message]),
    el('p', { class: 'quiet' }, [`${one.severity}; ${one.rule}`]),
    el('p', {}, [certaintyLine(one)]),
    ...(one.evidence.length > 0 ? [details('Why', [el('pre', {}, [evidenceLines(one).join('\n')])])] : []),
    ...one.fixes.map((fix) => details(`Fix: ${fix.summary} (${fixPlace(fix)})`, cure(fix))),
    el('p', { class: 'quiet' }, [`Read more: ${explainCommand(one.rule)}`]),
  ])
}

function cure(fix: ReportedFinding['fixes'][number]): Html[] {
  const steps = fix.steps.map((step) =>
    el('li', {}, [stepWords(step), ...(step.run === undefined ? [] : [command(step.run)])]),
  )
  const trial = trialWords(fix)
  return [
    el('ol', {}, steps),
    ...(trial === null ? [] : [el('p', {}, [`Trial: ${trial}`])]),
    ...(fix.sideEffects ?? []).map((effect) => el('p', {}, [`Side effect: ${effect}`])),
    ...commandOrText('Verify', fix.verify),
    ...commandOrText('Undo', fix.undo),
  ]
}

function commandOrText(label: string, words: string): Html[] {
  return isCommand(words) ? [el('p', {}, [`${label}:`]), command(words)] : [el('p', {}, [`${label}: ${words}`])]
}

function responders(report: Report): Html[] {
  const { addresses } = report
  if (addresses.length === 0) return []
  return section(report.truths.wire.asked ? 'Who answers' : 'Who should answer', [
    ...addresses.slice(0, SHOWN).map((address) => responder(address, report)),
    ...rest(addresses.length, 'more address', 'more addresses'),
  ])
}

function responder(address: ReportedAddress, report: Report): Html {
  const { claims, rounds, service, verdict } = address
  const trust = trustWords(address)
  const rows = claims.map((claim) => [
    claim.mac,
    makerWords(claim) ?? '',
    claim.class,
    `${claim.rounds}/${rounds}`,
    claim.firstMs === null ? '' : `${claim.firstMs} / ${claim.medianMs} ms`,
    claimNotes(claim, address, true).join(', '),
  ])
  return el('article', { class: verdict }, [
    el('h3', {}, [[addressLabel(address), service ?? ''].join(' ').trim()]),
    el('p', {}, [addressWords(address, report)]),
    ...(rows.length > 0 ? [table(['MAC', 'Vendor', 'Class', 'Rounds', 'First / median', 'Note'], rows)] : []),
    ...(trust === null ? [] : [el('p', { class: 'quiet' }, [trust])]),
  ])
}

function unchecked({ gaps, skipped }: Report): Html[] {
  if (gaps.length + skipped.length === 0) return []
  const rules = skipped.map(({ rule, because }) => `${rule}: ${because}`)
  return section('Not checked', [
    ...(gaps.length > 0 ? [list(gaps.map(gapWords))] : []),
    ...(rules.length > 0 ? [details(plural(rules.length, 'skipped check'), [list(rules)])] : []),
  ])
}

function gapWords({ subject, reason, hint }: Report['gaps'][number]): string {
  return hint === '' ? `${subject}: ${reason}` : `${subject}: ${reason}. To close the gap: ${hint}`
}

function accepted({ suppressed }: Report): Html[] {
  if (suppressed.length === 0) return []
  const words = suppressed.map(({ message, suppressedBy }) => `${message} (accepted by ${suppressedBy})`)
  return section('Accepted', [details(plural(suppressed.length, 'accepted finding'), [list(words)])])
}
