import { Command } from '@oclif/core/command'
import * as Errors from '@oclif/core/errors'
import { CannotLook } from '../known.js'
import { printable } from '../report/printable.js'
import type { Report } from '../report/report.js'
import type { RenderOptions } from '../report/reporters/registry.js'
import { exitCode, type FailOn } from '../report/verdict.js'
import { bugReport, EXIT, UsageError } from './exit-codes.js'
import { reportFlags } from './flags.js'
import { type OutputTarget, writeOutputs } from './outputs.js'
import { commandBegins } from './start-up.js'

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

  /** Aborted by the first Ctrl-C or SIGTERM: end the run and report what is known. The second one gives up (exit 130). */
  protected get interrupted(): AbortSignal {
    return this.interruption.signal
  }

  protected override async init(): Promise<void> {
    await super.init()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, this.interrupt)
    commandBegins()
  }

  protected override async finally(error: Error | undefined): Promise<void> {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, this.interrupt)
    await super.finally(error)
  }

  private readonly interrupt = () => {
    if (this.interruption.signal.aborted) process.exit(EXIT.interrupted)
    this.interruption.abort()
  }

  /** Prints the report to every target and sets the exit code; never exits, so that nothing buffered is lost. */
  protected async present(report: Report, targets: readonly OutputTarget[], flags: PresentFlags): Promise<void> {
    await writeOutputs(report, targets, renderOptions(flags))
    process.exitCode = exitCode(report, flags['fail-on'])
  }

  /** Progress and warnings: stderr, silenced by --quiet. The text may quote a host. */
  protected note(text: string, flags: PresentFlags): void {
    if (!flags.quiet) process.stderr.write(`${printable(text)}\n`)
  }

  protected override async catch(error: Error): Promise<void> {
    process.exitCode = reportError(error)
  }
}

/** Prints an error for a person and answers with its exit code. */
export function reportError(error: Error): number {
  if (error instanceof Errors.ExitError) return error.oclif.exit ?? EXIT.ok
  if (error instanceof UsageError || isUsageError(error)) {
    process.stderr.write(`Error: ${printable(firstLines(error.message))}\n`)
    return EXIT.usage
  }
  if (error instanceof CannotLook) {
    const { subject, reason, hint } = error.gap
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

/** oclif appends the whole usage to parse errors; the message and its hint are enough. Its `help` has no hint. */
function firstLines(message: string): string {
  return message
    .replace(/\nSee more help with --help$/, '\nSee --help for the flags and examples.')
    .replace(/^Command (.*) not found\.$/, 'no command "$1"; l2doctor --help lists them')
}

function renderOptions(flags: PresentFlags): RenderOptions {
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
