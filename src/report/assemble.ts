import type { Relations } from '../facts/relations.js'
import type { Gap } from '../known.js'
import type { CaptureFacts } from '../observe/model.js'
import type { Judgement } from '../rules/engine.js'
import { type Diagnosis, diagnose } from './causes.js'
import type { Report, ReportedAddress, ReportedCapture, ReportedDiagnosis, ReportedNode } from './report.js'
import { type Suppression, suppress } from './suppress.js'
import { verdict } from './verdict.js'

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
  readonly capture: ReportedCapture | null
  readonly addresses: readonly ReportedAddress[]
  readonly nodes: readonly ReportedNode[]
  readonly gaps: readonly Gap[]
  /** False when nothing at all could be looked at: the verdict is then never "healthy". */
  readonly couldLook: boolean
  /** Given: symptoms are joined with their causes. */
  readonly relations?: Relations
}

/** Puts the report together; the only place where a Report value is made. */
export function assembleReport(parts: ReportParts): Report {
  const { standing, suppressed } = suppress(parts.judgement.findings, parts.suppressions)
  const { command, version, ...run } = parts.run
  return {
    schemaVersion: 1,
    tool: { name: 'l2doctor', version },
    run: { command, ...run },
    verdict: verdict(standing, parts.couldLook),
    capture: parts.capture,
    addresses: [...parts.addresses],
    nodes: [...parts.nodes],
    findings: standing as unknown as Report['findings'],
    diagnosis: parts.relations ? reportDiagnosis(diagnose(standing, parts.relations)) : null,
    expectations: [],
    skipped: [...parts.judgement.skipped],
    gaps: [...parts.gaps],
    suppressed: suppressed as unknown as Report['suppressed'],
    rulesRun: [...parts.judgement.rulesRun],
  }
}

function reportDiagnosis({ symptoms, unattached }: Diagnosis): ReportedDiagnosis {
  return {
    symptoms: symptoms.map(({ finding, causes }) => ({
      fingerprint: finding.fingerprint,
      causes: causes.map((cause) => ({ fingerprint: cause.finding.fingerprint, certainty: cause.certainty })),
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
  const { unreadLinkTypes: _, firstAt, lastAt, linkTypes, decodeFailures, ...counts } = capture
  const micros = firstAt === null || lastAt === null ? 0 : Math.max(0, lastAt - firstAt)
  return {
    ...counts,
    ...conditions,
    linkTypes: [...linkTypes],
    decodeFailures: { ...decodeFailures },
    durationSeconds: micros / 1e6,
  }
}
