import { execute } from '@oclif/core'

/** Starts the command line. `entry` is the URL of bin/run.js, from which oclif finds package.json. */
export async function run(entry: string): Promise<void> {
  await execute({ dir: entry })
}
