import { EXIT } from './exit-codes.js'

let begun = false

/**
 * Until a command takes over there is nothing to report: a Ctrl-C says so and ends, exit 130. Once the command is over,
 * its report is out and its exit code stands: a Ctrl-C then changes neither.
 */
export function endOnEarlyInterrupt(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, endUnlessBegun)
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
