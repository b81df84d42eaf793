import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Interfaces } from '@oclif/core'
import { calledAs, speakAsPlugin } from './as-plugin.js'
import { finalCode, guardExit } from './guard-exit.js'
import { standInForNoSuchUser } from './no-such-user.js'
import { endOnEarlyInterrupt } from './start-up.js'

/**
 * Runs the command line to its end. `root` is the folder of the package.
 *
 * Ends the process itself: Node that ends by itself takes the signal handlers down first, and a Ctrl-C in those last
 * milliseconds would take the place of an exit code that stands.
 */
export async function run(root: string): Promise<never> {
  endOnEarlyInterrupt(process.argv[2])
  guardExit()
  standInForNoSuchUser(process.env)
  if (calledAs() !== 'l2doctor') speakAsPlugin()
  const argv = process.argv.slice(2)
  if (argv.length === 1 && argv[0] === '--version') printVersion(root)
  else await runCommand(argv, root)
  process.exit(finalCode() ?? process.exitCode)
}

async function runCommand(argv: string[], root: string): Promise<void> {
  const { Config } = await import('@oclif/core/config')
  const { flush } = await import('@oclif/core/flush')
  const { run: runOclif } = await import('@oclif/core/run')
  const { settings } = await import('@oclif/core/settings')
  // what runs is what was built, whatever NODE_ENV says: oclif would look for a compiler
  settings.enableAutoTranspile = false
  try {
    const config = await Config.load({ root })
    config.bin = calledAs()
    await runOclif(argv, config)
  } catch (error) {
    const { reportError } = await import('./base-command.js')
    process.exitCode = reportError(error as Error)
  }
  if (process.stdout.writable && finalCode() === undefined) await flush()
}

/** What oclif prints, without the time it takes to load it. */
function printVersion(root: string): void {
  const { name, version } = readPackage(root)
  process.stdout.write(`${name}/${version} ${process.platform}-${process.arch} node-${process.version}\n`)
}

function readPackage(root: string): Interfaces.PJSON {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
}
