import { bugReport, EXIT } from './exit-codes.js'

/**
 * What no command can catch: an output that cannot be written, an error thrown in a callback. Left to Node each would end in
 * exit code 1, which says that there are findings.
 */
export function guardExit(): void {
  process.on('uncaughtException', (error) => giveUp(EXIT.bug, bugReport(error)))
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return // a reader that closed early has what it wanted
    giveUp(
      EXIT.usage,
      `Error: cannot write to standard output: ${error.message}; make room, or use --output NAME=FILE\n`,
    )
  })
  process.stderr.on('error', () => {}) // where could it be said?
}

function giveUp(code: number, text: string): void {
  process.stderr.write(text)
  process.exit(code)
}
