import { appendFile, rename, rm, writeFile } from 'node:fs/promises'
import type { Report } from '../report/report.js'
import { loadReporter, OUTPUT_NAMES, type OutputName, type RenderOptions } from '../report/reporters/registry.js'
import { UsageError } from './exit-codes.js'

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

/** Renders the report for each target: files first, so that a closed stdout cannot lose them. */
export async function writeOutputs(report: Report, targets: readonly OutputTarget[], options: RenderOptions) {
  const filesFirst = [...targets].sort((a, b) => Number(a.file === null) - Number(b.file === null))
  for (const { name, file } of filesFirst) {
    const render = await loadReporter(name)
    if (file === null) await writeStdout(render(report, options))
    else await writeWhole(file, render(report, { ...options, colour: false }))
    if (name === 'github') await appendStepSummary(report, options, process.env['GITHUB_STEP_SUMMARY'])
  }
}

/** GitHub Actions shows this file on the page of the run; annotations alone have no room for evidence and fixes. */
async function appendStepSummary(report: Report, options: RenderOptions, file: string | undefined): Promise<void> {
  if (!file) return
  const markdown = await loadReporter('markdown')
  try {
    await appendFile(file, markdown(report, { ...options, colour: false }))
  } catch (cause) {
    throw new UsageError(`cannot append to GITHUB_STEP_SUMMARY (${file}): ${(cause as Error).message}; unset it`, {
      cause,
    })
  }
}

/** Writes beside the target and renames, so that nobody ever reads half a report. */
export async function writeWhole(file: string, text: string | Uint8Array): Promise<void> {
  const partial = `${file}.partial-${process.pid}`
  try {
    await writeFile(partial, text)
    await rename(partial, file)
  } catch (cause) {
    await rm(partial, { force: true })
    throw new UsageError(`cannot write ${file}: ${(cause as Error).message}; choose a writable path`, { cause })
  }
}

/** A reader that closed early (`| head`) has what it wanted: not an error. */
async function writeStdout(text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (error && (error as NodeJS.ErrnoException).code !== 'EPIPE') reject(error)
      else resolve()
    })
  })
}
