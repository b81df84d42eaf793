import { readFileSync } from 'node:fs'
import { guardExit } from './guard-exit.js'
import { endOnEarlyInterrupt } from './start-up.js'

/**
 * Runs the command line to its end. `entry` is the URL of bin/run.js, from which oclif finds package.json.
 *
 * Ends the process itself: Node that ends by itself takes the signal handlers down first, and a Ctrl-C in those last
 * milliseconds would take the place of an exit code that stands.
 */
export async function run(entry: string): Promise<never> {
  endOnEarlyInterrupt()
  guardExit()
  const argv = process.argv.slice(2)
  if (argv.length === 1 && argv[0] === '--version') printVersion(entry)
  else await runCommand(argv, entry)
  process.exit()
}

async function runCommand(argv: string[], entry: string): Promise<void> {
  const { flush, run: runOclif, settings } = await import('@oclif/core')
  // what runs is what was built, whatever NODE_ENV says: oclif would look for a compiler
  settings.enableAutoTranspile = false
  try {
    await runOclif(argv, entry)
  } catch (error) {
    const { reportError } = await import('./base-command.js')
    process.exitCode = reportError(error as Error)
  }
  if (process.stdout.writable) await flush()
}

/** What oclif prints, without the time it takes to load it. */
function printVersion(entry: string): void {
  const { name, version } = JSON.parse(readFileSync(new URL('../package.json', entry), 'utf8'))
  process.stdout.write(`${name}/${version} ${process.platform}-${process.arch} node-${process.version}\n`)
}
