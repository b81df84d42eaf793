import { CannotWrite } from '../files/cannot-write.js'
import { type Known, known } from '../known.js'
import type { Report } from '../report/report.js'
import { loadReporter, OUTPUT_NAMES, type OutputName } from '../report/reporters/registry.js'
import type { RenderOptions } from '../report/reporters/reporter.js'
import { UsageError } from './exit-codes.js'
import { outputLost } from './guard-exit.js'
import type { Saves } from './saves.js'

/** One `--output NAME[=FILE]`; `file` null is stdout. */
export interface OutputTarget {
  readonly name: OutputName
  readonly file: string | null
}

/** Reads `--output` and `--json`; without either L2DOCTOR_OUTPUT (a comma list), else pretty. One may claim stdout. */
export function parseOutputs(texts: readonly string[], json: boolean, env = process.env): OutputTarget[] {
  const asked = texts.length > 0 || json ? texts : listed(env['L2DOCTOR_OUTPUT'])
  const targets = asked.map(parseOutput)
  if (json && !targets.some((target) => target.name === 'json' && target.file === null)) {
    targets.push({ name: 'json', file: null })
  }
  if (targets.filter((target) => target.file === null).length > 1) {
    throw new UsageError('two outputs want standard output; give all but one a file, as in --output junit=report.xml')
  }
  return targets.length > 0 ? targets : [{ name: 'pretty', file: null }]
}

function listed(text = ''): string[] {
  return text.split(',').flatMap((item) => item.trim() || [])
}

function parseOutput(text: string): OutputTarget {
  const equals = text.indexOf('=')
  const name = equals < 0 ? text : text.slice(0, equals)
  const file = equals < 0 ? null : text.slice(equals + 1)
  if (!isOutputName(name)) throw new UsageError(`no output named "${name}"; there are ${OUTPUT_NAMES.join(', ')}`)
  if (file === '') throw new UsageError(`--output ${text}: the file name after = is empty`)
  return { name, file }
}

function isOutputName(name: string): name is OutputName {
  return (OUTPUT_NAMES as readonly string[]).includes(name)
}

/** Loads what `writeOutputs` will need, while there is something to wait for. */
export function preloadReporters(targets: readonly OutputTarget[]): void {
  for (const { name } of targets) loadReporter(name).catch(() => {}) // thrown where it is used
}

/** The targets as files that a run is to write. */
export function filesOf(targets: readonly OutputTarget[]) {
  return targets.map(({ name, file }) => ({ flag: `--output ${name}`, file }))
}

/**
 * Renders the report for each target: files first, so that a closed stdout cannot lose them. A report that no file would take,
 * and that nothing else prints, goes to stdout. `inFiles`: what files hold in its place.
 */
export async function writeOutputs(
  report: Report,
  targets: readonly OutputTarget[],
  options: RenderOptions,
  saves: Saves,
  inFiles: Known<Report> = known(report, 'this run'),
): Promise<void> {
  const files = targets.filter(({ file }) => file !== null)
  const printed = targets.filter(({ file }) => file === null).map((target) => ({ target, shown: report }))
  for (const target of files) {
    const saved = await intoFile(target.file!, inFiles, saves, (kept) =>
      rendered(kept, target, { ...options, colour: false }),
    )
    // what was to be written under pseudonyms only is not printed in the same form
    if (!saved && printed.length === 0)
      printed.push(
        inFiles.known
          ? { target, shown: inFiles.value }
          : { target: { name: 'pretty', file: null } as const, shown: report },
      )
  }
  for (const { target, shown } of printed) await writeStdout(await rendered(shown, target, options))
  const summary = process.env['GITHUB_STEP_SUMMARY']
  if (summary && targets.some(({ name }) => name === 'github'))
    await appendStepSummary(inFiles, options, summary, saves)
}

/** False when it could not be written. */
async function intoFile(
  file: string,
  report: Known<Report>,
  saves: Saves,
  render: (report: Report) => Promise<string>,
): Promise<boolean> {
  if (report.known) return saves.whole(file, await render(report.value), 'all')
  saves.failed(new CannotWrite(file, report.gap.reason, report.gap.hint))
  return false
}

async function rendered(report: Report, { name }: OutputTarget, options: RenderOptions): Promise<string> {
  return (await loadReporter(name))(report, options)
}

/** GitHub Actions shows this file on the page of the run; annotations alone have no room for evidence and fixes. */
async function appendStepSummary(
  report: Known<Report>,
  options: RenderOptions,
  file: string,
  saves: Saves,
): Promise<void> {
  if (!report.known) {
    saves.failed(new CannotWrite(file, `${report.gap.reason} (it is GITHUB_STEP_SUMMARY)`, report.gap.hint))
    return
  }
  const { appendTo } = await import('../files/output-file.js')
  const markdown = await rendered(report.value, { name: 'markdown', file }, { ...options, colour: false })
  try {
    await appendTo(file, markdown)
  } catch (cause) {
    if (!(cause instanceof CannotWrite)) throw cause
    saves.failed(new CannotWrite(file, `${cause.reason} (it is GITHUB_STEP_SUMMARY)`, 'unset it', cause))
  }
}

/** What cannot be written here must not cost what is saved later. A file throws, a pipe tells by and by. */
export async function writeStdout(text: string): Promise<void> {
  try {
    await new Promise<void>((resolve) => process.stdout.write(text, () => resolve()))
  } catch (error) {
    outputLost(error as NodeJS.ErrnoException)
  }
}
