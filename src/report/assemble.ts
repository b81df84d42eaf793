import { type Diagnosis, diagnose } from '../diagnosis/causes.js'
import type { Relations } from '../facts/relations.js'
import type { Gap } from '../known.js'
import type { CaptureFacts } from '../observe/model.js'
import type { Judgement } from '../rules/engine.js'
import type { AddressLine } from './addresses.js'
import { addressDoubts, doubtWords, judgeAddress, listGaps } from './doubts.js'
import { withFreshSteps } from './fresh-steps.js'
import type {
  Report,
  ReportedCapture,
  ReportedDiagnosis,
  ReportedNeighbours,
  ReportedNode,
  ReportedVantage,
} from './report.js'
import { type Suppression, suppress } from './suppress.js'
import type { Truths } from './truths.js'
import { verdict } from './verdict.js'
import { reportVrrp } from './vrrp.js'

/** What a workflow knows of its own run. Times are ISO 8601. */
export interface RunFacts {
  readonly command: string
  readonly version: string
  readonly startedAt: string
  readonly endedAt: string
  readonly source: Report['run']['source']
  readonly interrupted: boolean
}

export interface ReportParts {
  readonly run: RunFacts
  readonly judgement: Judgement
  readonly suppressions: readonly Suppression[]
  readonly truths: Truths
  readonly capture: ReportedCapture | null
  readonly addresses: readonly AddressLine[]
  /** The places that were named to look from; absent: none was. */
  readonly vantages?: readonly ReportedVantage[]
  /** Tables of routers and switches; absent: none was given. */
  readonly neighbours?: readonly ReportedNeighbours[]
  readonly nodes: readonly ReportedNode[]
  /** What could not be looked at, and without which the verdict could be another: it is then never "healthy". */
  readonly doubts: readonly Gap[]
  /** What else could not be looked at. */
  readonly gaps: readonly Gap[]
  /** Given: symptoms are joined with their causes. */
  readonly relations?: Relations
}

/** Puts the report together; the only place where a Report value is made. */
export function assembleReport(parts: ReportParts): Report {
  const { command, version, ...run } = parts.run
  const told = parts.judgement.findings.map((finding) => withFreshSteps(finding, command))
  const { standing, suppressed } = suppress(told, parts.suppressions)
  const { findings, unlisted } = parts.judgement
  const doubts = [...parts.doubts, ...addressDoubts(parts.addresses, findings)]
  const gaps = listGaps(doubts, [...parts.gaps, ...unlisted])
  const word = verdict(standing, gaps)
  return {
    schemaVersion: 1,
    tool: { name: 'l2doctor', version },
    run: { command, ...run },
    verdict: word,
    headline: word === 'inconclusive' ? doubtWords(gaps) : null,
    truths: parts.truths,
    capture: parts.capture,
    addresses: parts.addresses.map((line) => judgeAddress(line, standing)),
    vantages: [...(parts.vantages ?? [])],
    neighbours: [...(parts.neighbours ?? [])],
    nodes: [...parts.nodes],
    findings: standing as unknown as Report['findings'],
    diagnosis: parts.relations ? reportDiagnosis(diagnose(standing, parts.relations)) : null,
    expectations: [],
    skipped: [...parts.judgement.skipped],
    gaps,
    suppressed: suppressed as unknown as Report['suppressed'],
    rulesRun: [...parts.judgement.rulesRun],
  }
}

function reportDiagnosis({ symptoms, unattached }: Diagnosis): ReportedDiagnosis {
  return {
    symptoms: symptoms.map(({ finding, causes }) => ({
      fingerprint: finding.fingerprint,
      causes: causes.map(({ finding: { fingerprint }, certainty, because }) => ({ fingerprint, certainty, because })),
    })),
    unattached: unattached.map(({ fingerprint }) => fingerprint),
  }
}

/** How the frames were taken, as far as the frames themselves cannot say. */
export interface CaptureConditions {
  /** Frames the kernel dropped before we saw them; null when the engine cannot tell. */
  readonly dropped: number | null
  readonly clock: 'kernel' | 'userspace'
  /** Whether our capture changed the interface's promiscuity; null for a file. */
  readonly promiscuityChanged: boolean | null
}

export function reportCapture(capture: CaptureFacts, conditions: CaptureConditions): ReportedCapture {
  const {
    unreadLinkTypes: _,
    timeRunsBackwards: __,
    ordinaryReplies: ___,
    firstAt,
    lastAt,
    linkTypes,
    decodeFailures,
    notJudged,
    vrrp,
    listeners: { queries, reports },
    nd,
    ...counts
  } = capture
  const micros = firstAt === null || lastAt === null ? 0 : Math.max(0, lastAt - firstAt)
  return {
    ...counts,
    ...conditions,
    nd: { ...nd },
    linkTypes: [...linkTypes],
    decodeFailures: { ...decodeFailures },
    notJudged: notJudged.map(({ what, frames }) => ({ what, frames })),
    mld: { queries, reports },
    vrrp: reportVrrp(vrrp),
    durationSeconds: micros / 1e6,
  }
}
