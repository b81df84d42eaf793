import { allowanceUses, judgeAllowances, suppressionsOn } from '../check/allowances.js'
import { holdExpectations, withExpectations } from '../check/expectations.js'
import type { CheckFile } from '../check/model.js'
import type { ClusterView } from '../facts/cluster-view.js'
import type { Known } from '../known.js'
import type { Clock } from '../probe/run.js'
import type { Report } from '../report/report.js'
import type { Suppression } from '../report/suppress.js'
import { outcomeOf } from '../report/verdict.js'
import { verdictLine } from '../report/wording.js'
import { type BaselineStore, bindingsNow } from './vip-baseline.js'

export interface CheckRequest {
  /** What is expected; flags and environment are laid over it already. */
  readonly file: CheckFile
  /** `--ignore`, besides what the file allows. */
  readonly suppressions: readonly Suppression[]
  /** How long to try again while an expectation does not hold; null: once. */
  readonly waitMs: number | null
}

/** One whole look at what the file names. */
export interface Looked {
  readonly report: Report
  /** Null when the cluster was not to be read. */
  readonly view: Known<ClusterView> | null
}

export interface CheckAdapters {
  /** Diagnoses everything from scratch. */
  readonly look: (suppressions: readonly Suppression[], interrupted: AbortSignal) => Promise<Looked>
  /** Where this run's VIP bindings are kept for the next; null when not asked for. */
  readonly baseline: BaselineStore | null
  readonly clock: Clock
  readonly now: () => Date
  /** Hands the result over: before the bindings that it compares with are overwritten, or a change could go untold. */
  readonly present: (report: Report) => Promise<void>
  /** Progress, for stderr. */
  readonly note: (text: string) => void
}

/** Between two tries: enough for a speaker to take over, and nothing a switch would mind. */
const PAUSE_MS = 5000

/** Diagnoses, holds the expectations against it, and tries again until they hold or the time is up. */
export async function check(request: CheckRequest, adapters: CheckAdapters, interrupted: AbortSignal): Promise<Report> {
  const { clock, note } = adapters
  const end = clock.now() + (request.waitMs ?? 0)
  for (;;) {
    const tried = await tryOnce(request, adapters, interrupted)
    const left = end - clock.now()
    if (outcomeOf(tried.report) === 'held' || left <= 0 || interrupted.aborted)
      return finish(tried, adapters, interrupted)
    note(`${verdictLine(tried.report)}\nTrying again for ${Math.ceil(left / 1000)} s more`)
    await clock.sleep(Math.min(PAUSE_MS, left), interrupted)
    if (interrupted.aborted) return finish(tried, adapters, interrupted)
  }
}

async function tryOnce(
  { file, suppressions }: CheckRequest,
  { look, now }: CheckAdapters,
  interrupted: AbortSignal,
): Promise<Looked> {
  const day = dayOf(now())
  const looked = await look([...suppressionsOn(day, file.allow), ...suppressions], interrupted)
  return { ...looked, report: heldAgainst(file, looked, suppressions, day) }
}

/** `2027-01-31`, UTC: on which allowances hold. */
export function dayOf(now: Date): string {
  return now.toISOString().slice(0, 10)
}

/** The report of a look that accepted `suppressionsOn(day, file.allow)` and `suppressions`, with what the file expects of it. */
export function heldAgainst(
  file: CheckFile,
  { report: diagnosed, view }: Looked,
  suppressions: readonly Suppression[],
  day: string,
): Report {
  const judged = judgeAllowances(diagnosed, allowanceUses(day, file.allow, diagnosed), suppressions)
  const named = { ...judged, run: { ...judged.run, command: 'check' } }
  const clusterGap = view?.known === false ? view.gap : null
  return withExpectations(named, holdExpectations(file, named, { clusterGap }))
}

/** The last run is the result; one that was interrupted keeps no baseline. */
async function finish(
  { report: last, view }: Looked,
  { baseline, present }: CheckAdapters,
  { aborted }: AbortSignal,
): Promise<Report> {
  const report = aborted ? { ...last, run: { ...last.run, interrupted: true } } : last
  await present(report)
  const current = baseline && view && !aborted ? bindingsNow(view) : null
  if (current?.known) await baseline?.write(current.value)
  return report
}
