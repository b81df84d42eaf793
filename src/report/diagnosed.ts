import { CERTAINTIES } from '../rules/certainty.js'
import { nodeOf } from '../rules/subject.js'
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
  readonly because: string
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
        causes: causes.flatMap((cause) => [named(cause.fingerprint)].flat().map((finding) => ({ ...cause, finding }))),
      })),
    ),
    unattached: diagnosis.unattached.flatMap(named),
  }
}

/**
 * Findings in the order in which to act: causes of the gravest symptom first, then what is wrong besides, then symptoms
 * that nothing explains. A symptom with a cause is left out, and so is what follows from a root: the cure is the same.
 */
export function actionOrder(joined: Diagnosed): ReportedFinding[] {
  const all = faults(joined)
  return all.filter((one) => !all.some((root) => follows(one, root)))
}

/** What the cure of a root settles too. */
export function settledBy(root: ReportedFinding, joined: Diagnosed): ReportedFinding[] {
  return faults(joined).filter((one) => follows(one, root))
}

function faults({ symptoms, unattached }: Diagnosed): ReportedFinding[] {
  const causes = symptoms.flatMap(({ causes }) => causes.map(({ finding }) => finding))
  const unexplained = symptoms.filter(({ causes }) => causes.length === 0).map(({ finding }) => finding)
  return [...new Set([...causes, ...unattached, ...unexplained])]
}

/** A root explains it, is at least as certain, and is about the same node if it is about one at all. */
function follows(one: ReportedFinding, root: ReportedFinding): boolean {
  if (!root.explains.includes(one.rule)) return false
  if (CERTAINTIES.indexOf(root.certainty) > CERTAINTIES.indexOf(one.certainty)) return false
  const node = nodeOf(root.subject)
  return node === null || node === nodeOf(one.subject)
}
