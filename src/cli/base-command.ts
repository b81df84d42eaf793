import { Command } from '@oclif/core/command'
import * as Errors from '@oclif/core/errors'
import { beforeLargeInput, isReadingInput } from '../bounded-file.js'
import { CannotWrite } from '../files/cannot-write.js'
import { CannotLook, type Known } from '../known.js'
import { memoryGap } from '../memory.js'
import { printable } from '../report/printable.js'
import type { Report } from '../report/report.js'
import type { RenderOptions } from '../report/reporters/reporter.js'
import { exitCode, type FailOn } from '../report/verdict.js'
import { similar } from '../rules/find-rule.js'
import { bugReport, EXIT, UsageError } from './exit-codes.js'
import { reportFlags } from './flags.js'
import { hearEnd, hearNoMore } from './hear-signals.js'
import { liveLine } from './live-line.js'
import { type OutputTarget, writeOutputs } from './outputs.js'
import { Saves } from './saves.js'
import { watchNow, watchSignals } from './signal-watch.js'
import { codeUnbegun, commandBegins } from './start-up.js'

/** What `present` needs of the parsed flags. */
export interface PresentFlags {
  readonly 'fail-on': FailOn
  readonly 'no-color': boolean
  readonly quiet: boolean
  readonly verbose: boolean
}

/** Every command: one way of failing, one way of ending in a report, one meaning of Ctrl-C. */
export abstract class BaseCommand extends Command {
  static override baseFlags = reportFlags

  private readonly interruption = new AbortController()

  /** What this run writes into files. */
  protected readonly saves = new Saves(this.interruption.signal)

  /** It returns to the event loop so often that a signal is heard soon, and is spared the memory of a second thread that hears it. */
  protected readonly hearsSignalsSoon: boolean = false

  /** Aborted by the first Ctrl-C, SIGTERM or SIGHUP: end the run and report what is known. The second one, or one while an input is read, gives up (exit 130). */
  protected get interrupted(): AbortSignal {
    return this.interruption.signal
  }

  protected override async init(): Promise<void> {
    await super.init()
    hearEnd(this.interrupt)
    commandBegins()
    beforeLargeInput(watchNow)
    if (!this.hearsSignalsSoon) watchSignals()
  }

  /** What could not be saved comes after the report, and outweighs only a run that found nothing. */
  protected override async finally(error: Error | undefined): Promise<void> {
    for (const text of this.saves.complaints) process.stderr.write(`Error: ${printable(text)}\n`)
    if (this.saves.complaints.length > 0) process.exitCode ||= EXIT.usage
    hearNoMore(this.interrupt)
    await super.finally(error)
  }

  private readonly interrupt = () => {
    if (this.interruption.signal.aborted) process.exit(EXIT.interrupted)
    if (isReadingInput()) process.exit(codeUnbegun(this.id))
    this.interruption.abort()
  }

  /** Prints the report to every target, into files `inFiles` in its place, and sets the exit code; never exits, so that nothing buffered is lost. */
  protected async present(
    report: Report,
    targets: readonly OutputTarget[],
    flags: PresentFlags,
    inFiles?: Known<Report>,
  ): Promise<void> {
    liveLine.clear()
    await writeOutputs(report, targets, renderOptions(flags), this.saves, inFiles)
    process.exitCode = exitCode(report, flags['fail-on'])
  }

  /** Where progress and warnings go: stderr, silenced by --quiet. The text may quote a host. */
  protected notes(flags: Pick<PresentFlags, 'quiet'>): (text: string) => void {
    if (flags.quiet) liveLine.mute()
    return (text) => {
      liveLine.clear()
      if (!flags.quiet) process.stderr.write(`${printable(text)}\n`)
    }
  }

  protected override async catch(error: Error): Promise<void> {
    liveLine.clear()
    process.exitCode = reportError(error)
  }
}

/** Prints an error for a person and answers with its exit code. */
export function reportError(error: Error): number {
  if (error instanceof Errors.ExitError) return error.oclif.exit ?? EXIT.ok
  if (error instanceof UsageError || error instanceof CannotWrite || isUsageError(error)) {
    process.stderr.write(`Error: ${printable(unknownFlag(error) ?? firstLines(error.message))}\n`)
    return EXIT.usage
  }
  const gap = error instanceof CannotLook ? error.gap : memoryGap(error)
  if (gap !== null) {
    const { subject, reason, hint } = gap
    process.stderr.write(`Error: ${printable(`${subject}: ${reason}${hint === '' ? '' : `; ${hint}`}`)}\n`)
    return EXIT.inconclusive
  }
  process.stderr.write(bugReport(error))
  return EXIT.bug
}

/** Told by its shape, not its class: what `help` throws comes from the plugin's own copy of oclif. */
function isUsageError(error: Error): boolean {
  return 'oclif' in error
}

/** What oclif's parser says of flags that the command does not have, with those that it has. */
interface NonExistentFlags {
  readonly flags: readonly string[]
  readonly parse: { readonly input: { readonly flags: Readonly<Record<string, unknown>> } }
}

function unknownFlag(error: Error): string | null {
  if (!/^Nonexistent flag/.test(error.message)) return null
  const { flags, parse } = error as Error & NonExistentFlags
  const [flag = ''] = flags
  const near = similar(Object.keys(parse.input.flags), flag.replace(/^-+/, ''))
  const hint = near.length > 3 ? '' : `; did you mean ${near.map((name) => `--${name}`).join(' or ')}?`
  return `unknown flag ${flag}${hint || '; --help lists the flags'}`
}

/** oclif appends the whole usage to parse errors; the message and its hint are enough. Its `help` has no hint. */
function firstLines(message: string): string {
  return message
    .replace(/^Parsing --\S+ \n\t/, '')
    .replace(/\nSee more help with --help$/, '; --help lists the flags and examples')
    .replace(/^Command (.*) not found\.$/, 'no command "$1"; l2doctor --help lists them')
}

/** Of this terminal. */
export function renderOptions(flags: Pick<PresentFlags, 'no-color' | 'quiet' | 'verbose'>): RenderOptions {
  const { stdout, env } = process
  const plain = flags['no-color'] || (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb'
  const forced = (env['FORCE_COLOR'] ?? '') !== '' && env['FORCE_COLOR'] !== '0'
  return {
    colour: !plain && (forced || stdout.isTTY === true),
    width: stdout.columns ?? (Number(env['COLUMNS']) || 80),
    unicode: /utf-?8/i.test(env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || ''),
    quiet: flags.quiet,
    verbose: flags.verbose,
  }
}
