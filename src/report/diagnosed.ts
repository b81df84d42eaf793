import type { Report, ReportedFinding } from './report.js'

/** The diagnosis of a report with the findings themselves in place of their fingerprints. */
export interface Diagnosed {
  readonly symptoms: readonly {
    readonly finding: ReportedFinding
    readonly causes: readonly DiagnosedCause[]
  }[]
  readonly unattached: readonly ReportedFinding[]
}

export interface DiagnosedCause {
  readonly finding: ReportedFinding
  readonly certainty: ReportedFinding['certainty']
}

/** Null for a command that joins nothing. */
export function diagnosed({ diagnosis, findings }: Report): Diagnosed | null {
  if (diagnosis === null) return null
  const byFingerprint = new Map(findings.map((finding) => [finding.fingerprint, finding]))
  const named = (fingerprint: string) => byFingerprint.get(fingerprint) ?? []
  return {
    symptoms: diagnosis.symptoms.flatMap(({ fingerprint, causes }) =>
      [named(fingerprint)].flat().map((finding) => ({
        finding,
        causes: causes.flatMap((cause) =>
          [named(cause.fingerprint)].flat().map((found) => ({ finding: found, certainty: cause.certainty })),
        ),
      })),
    ),
    unattached: diagnosis.unattached.flatMap(named),
  }
}

/**
 * Findings in the order in which to act: causes of the gravest symptom first, then what is wrong besides, then symptoms
 * that nothing explains. A symptom with a cause is left out: its cure is the cure of the cause.
 */
export function actionOrder({ symptoms, unattached }: Diagnosed): ReportedFinding[] {
  const causes = symptoms.flatMap(({ causes }) => causes.map(({ finding }) => finding))
  const unexplained = symptoms.filter(({ causes }) => causes.length === 0).map(({ finding }) => finding)
  return [...new Set([...causes, ...unattached, ...unexplained])]
}
