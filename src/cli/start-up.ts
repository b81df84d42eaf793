import { EXIT } from './exit-codes.js'
import { hearEnd } from './hear-signals.js'
import { endSignals } from './signals.js'

let begun = false

/**
 * Until a command takes over there is nothing to report: a Ctrl-C (or another end signal) says so and ends, exit 130. Once the command is over,
 * its report is out and its exit code stands: a Ctrl-C then changes neither.
 */
export function endOnEarlyInterrupt(): void {
  hearEnd(endUnlessBegun)
  if (!endSignals().includes('SIGHUP')) process.on('SIGHUP', () => {}) // without a listener it would end us
}

/** From here on the command hears Ctrl-C itself. */
export function commandBegins(): void {
  begun = true
}

function endUnlessBegun(): void {
  if (begun) return
  process.stderr.write('Interrupted before anything was asked.\n')
  process.exit(EXIT.interrupted)
}
