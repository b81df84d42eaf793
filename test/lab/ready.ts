import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** Waits for a program's first line of output; one that ends before it has failed. */
export async function ready(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`lab: ${child.spawnargs.join(' ')} ended with ${code}`)
  })
  await Promise.race([once(child.stdout!, 'data'), ended])
  ended.catch(() => {}) // it is killed with the segment
}
