import { readFileSync } from 'node:fs'
import type { Gap } from './known.js'

/** What Node, V8 and the kernel say when there is no memory for what is asked. */
const CODES = ['ENOMEM', 'ERR_WORKER_OUT_OF_MEMORY', 'ERR_WORKER_INIT_FAILED', 'ERR_MEMORY_ALLOCATION_FAILED']
const WORDS = /could not allocate|allocation failed|out of memory|cannot allocate/i

/** The gap of a run that got no memory (`ulimit -v`, a container's limit); null for any other error. */
export function memoryGap(error: unknown): Gap | null {
  if (!(error instanceof Error)) return null
  const { code } = error as NodeJS.ErrnoException
  if (!CODES.includes(code ?? '') && !WORDS.test(error.message)) return null
  return {
    subject: 'memory',
    reason: `this process may not have as much as it needs: ${error.message}`,
    hint: 'raise its limit: `ulimit -v unlimited`, or the memory limit of its container',
  }
}

/** With a limit on its addresses (`ulimit -v`), a thread that finds no room takes the whole process along. */
export function hasRoomForThread(): boolean {
  try {
    return !/^Max address space +\d/m.test(readFileSync('/proc/self/limits', 'utf8'))
  } catch {
    return true // no /proc, no such limit that we know of
  }
}
