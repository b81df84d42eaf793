import { printable, printableJson } from '../report/printable.js'
import { lineOf, recordOf, type Said } from '../watch/say.js'

/** Prints what is said to stdout, a line each: nothing in it is obeyed by a terminal or a log viewer. */
export function logger(log: 'text' | 'json'): (said: Said) => void {
  const format =
    log === 'json' ? (said: Said) => printableJson(recordOf(said), 0) : (said: Said) => printable(lineOf(said))
  return (said) => void process.stdout.write(`${format(said)}\n`)
}
