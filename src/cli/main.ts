import { flush, run as runOclif } from '@oclif/core'
import { reportError } from './base-command.js'

/** Starts the command line. `entry` is the URL of bin/run.js, from which oclif finds package.json. */
export async function run(entry: string): Promise<void> {
  try {
    await runOclif(process.argv.slice(2), entry)
  } catch (error) {
    process.exitCode = reportError(error as Error)
  }
  await flush()
}
