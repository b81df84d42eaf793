import { printable, printableJson } from '../report/printable.js'
import { lineOf, recordOf, type Said } from '../watch/say.js'

/**
 * Prints what is said to stdout, a line each: nothing in it is obeyed by a terminal or a log viewer. Whoever read it has gone when a
 * line cannot be written: the watch ends as with SIGTERM then, as nobody else would end it (`l2doctor watch | head -1`).
 */
export function logger(log: 'text' | 'json'): (said: Said) => void {
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') endOnce()
  })
  const format =
    log === 'json' ? (said: Said) => printableJson(recordOf(said), 0) : (said: Said) => printable(lineOf(said))
  return (said) => void process.stdout.write(`${format(said)}\n`)
}

let isEnding = false

function endOnce(): void {
  if (!isEnding) process.kill(process.pid, 'SIGTERM')
  isEnding = true
}
