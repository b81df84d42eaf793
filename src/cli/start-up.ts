import { EXIT } from './exit-codes.js'
import { hearEnd, hearHangup } from './hear-signals.js'
import { endSignals } from './signals.js'

let begun = false

/** What a run that was interrupted before it asked anything ends with: `watch` has no report that would be missing. */
export function codeUnbegun(command: string | undefined): number {
  return command === 'watch' ? EXIT.ok : EXIT.interrupted
}

/**
 * Until a command takes over there is nothing to report: a Ctrl-C (or another end signal) says so and ends, exit 130. Once the command is over,
 * its report is out and its exit code stands: a Ctrl-C then changes neither. To `watch` a SIGHUP says nothing yet: it is about to read
 * its files.
 */
export function endOnEarlyInterrupt(command: string | undefined): void {
  hearEnd(() => endUnlessBegun(codeUnbegun(command)))
  if (command === 'watch') hearHangup(() => {})
  if (!endSignals().includes('SIGHUP')) process.on('SIGHUP', () => {}) // without a listener it would end us
}

/** From here on the command hears Ctrl-C itself. */
export function commandBegins(): void {
  begun = true
}

function endUnlessBegun(code: number): void {
  if (begun) return
  process.stderr.write('Interrupted before anything was asked.\n')
  process.exit(code)
}
