/** Imported by a program of the bench, writes the peak of its resident memory, in KiB, to file descriptor 3. */
export const TELL_MEMORY = `
  import { writeSync } from 'node:fs'
  import { isMainThread } from 'node:worker_threads'
  if (isMainThread) process.on('exit', () => writeSync(3, String(process.resourceUsage().maxRSS)))`
