import { bugReport, EXIT } from './exit-codes.js'

/**
 * What no command can catch: an output that cannot be written, an error thrown in a callback. Left to Node each would end in
 * exit code 1, which says that there are findings.
 */
export function guardExit(): void {
  process.on('uncaughtException', (error) => {
    if (error !== lost) giveUp(EXIT.bug, bugReport(error)) // oclif throws what it hears of standard output
  })
  process.stdout.on('error', outputLost)
  process.stderr.on('error', () => {}) // where could it be said?
}

/** Why standard output takes nothing more. */
let lost: Error | null = null

/** Standard output cannot be written; told once. */
export function outputLost(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE' || lost !== null) return // a reader that closed early has what it wanted
  lost = error
  process.stderr.write(
    `Error: cannot write to standard output: ${error.message}; make room, or use --output NAME=FILE\n`,
  )
}

/** What the process is to end with: results that nobody could read outweigh what they said. Files are written all the same. */
export function finalCode(): number | undefined {
  return lost === null ? undefined : EXIT.usage
}

function giveUp(code: number, text: string): void {
  process.stderr.write(text)
  process.exit(code)
}
