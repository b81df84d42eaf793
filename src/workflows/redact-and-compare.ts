import { CannotLook } from '../known.js'
import type { Report } from '../report/report.js'
import type { Suppression } from '../report/suppress.js'
import type { Bundle } from './bundle.js'
import { diagnose } from './diagnose.js'
import type { DiagnoseAdapters, DiagnoseRequest } from './diagnose-request.js'
import { type Redaction, redactBundle } from './redact-bundle.js'

/** A bundle in place of wire, cluster and hosts. */
export type Compose = (bundle: Bundle) => Promise<{
  readonly request: Omit<DiagnoseRequest, 'suppressions'>
  readonly adapters: DiagnoseAdapters
}>

export type Redacted = Extract<Redaction, { readonly ok: true }>

/** A pseudonym may happen to be an address of the same bundle: another key gives others. */
const TRIES = 5

/**
 * The bundle under pseudonyms. Throws CannotLook rather than give one that holds a true name or address, or that leads to
 * another diagnosis: both are tried out here.
 */
export async function redactAndCompare(
  bundle: Bundle,
  compose: Compose,
  newKey: () => Uint8Array,
  interrupted: AbortSignal,
): Promise<Redacted> {
  const wanted = await shapeOf(bundle, compose, interrupted)
  let because = ''
  for (let n = 0; n < TRIES; n++) {
    const redaction = redactBundle(bundle, newKey())
    if (!redaction.ok) because = redaction.because
    else if ((await shapeOf(redaction.bundle, compose, interrupted)) === wanted) return redaction
    else because = 'under other names it would be diagnosed in another way'
  }
  throw cannot(because)
}

/** What is reported of a redacted bundle, with what was accepted of the true one. */
export async function redactedReport(
  { bundle, disguise }: Redacted,
  compose: Compose,
  suppressions: readonly Suppression[],
  interrupted: AbortSignal,
): Promise<Report> {
  const { request, adapters } = await compose(bundle)
  const accepted = suppressions.map(({ rule, subject }) => ({
    rule,
    subject: subject === null ? null : disguise(subject),
  }))
  return diagnose({ ...request, suppressions: accepted }, adapters, interrupted)
}

function cannot(because: string): CannotLook {
  return new CannotLook({
    subject: '--redact',
    reason: `this bundle cannot be redacted: ${because}`,
    hint: 'give it to nobody but those you trust, without --redact',
  })
}

/** What must not change: which findings there are, how sure, how well proven, and what explains what. */
async function shapeOf(bundle: Bundle, compose: Compose, interrupted: AbortSignal): Promise<string> {
  const { request, adapters } = await compose(bundle)
  const report = await diagnose({ ...request, suppressions: [] }, adapters, interrupted)
  if (interrupted.aborted) throw cannot('interrupted before it was compared')
  return JSON.stringify([findingsOf(report), symptomsOf(report), report.gaps.length, report.skipped.length])
}

function findingsOf({ findings }: Report): string[] {
  return findings
    .map(({ rule, severity, certainty, subject, evidence, fixes }) =>
      [rule, severity, certainty, subject.kind, evidence.length, fixes.length].join(' '),
    )
    .sort()
}

function symptomsOf({ diagnosis, findings }: Report): string[] {
  const ruleOf = new Map(findings.map(({ fingerprint, rule }) => [fingerprint, rule]))
  const named = (cause: { fingerprint: string; certainty: string }) =>
    `${ruleOf.get(cause.fingerprint)} ${cause.certainty}`
  return (diagnosis?.symptoms ?? [])
    .map(({ fingerprint, causes }) => [ruleOf.get(fingerprint), ...causes.map(named)].join(' < '))
    .sort()
}
