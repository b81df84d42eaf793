import type { WriteStream } from 'node:tty'
import { printable } from '../report/printable.js'

/** The stream that a person looks at while the report is not there yet. */
export type Terminal = Pick<WriteStream, 'write' | 'isTTY' | 'columns'>

const REDRAW_MS = 100
const CLEAR = '\r\u001b[K'

/**
 * One line that says how far long work is, on a terminal only: drawn again in place, out of the way of what is printed, and gone when
 * the work is over.
 */
export class LiveLine {
  private readonly terminal: Terminal
  private readonly now: () => number
  private shown = ''
  private drawnAt = Number.NEGATIVE_INFINITY
  private muted = false

  constructor(terminal: Terminal, now: () => number, term = process.env['TERM']) {
    this.terminal = terminal
    this.now = now
    if (terminal.isTTY !== true || term === 'dumb') this.muted = true
  }

  /** Whether anybody sees it: else the caller prints lines instead. */
  get seen(): boolean {
    return !this.muted
  }

  /** For the rest of the run; `--quiet`. */
  mute(): void {
    this.clear()
    this.muted = true
  }

  show(text: string): void {
    if (this.muted || this.now() - this.drawnAt < REDRAW_MS) return
    this.drawnAt = this.now()
    const line = printable(text)
      .replace(/\s+/g, ' ')
      .slice(0, (this.terminal.columns ?? 80) - 1)
    this.shown = line
    this.terminal.write(CLEAR + line)
  }

  /** Before anything else is written to the terminal, and at the end of the work. */
  clear(): void {
    if (this.shown === '') return
    this.shown = ''
    this.drawnAt = Number.NEGATIVE_INFINITY
    this.terminal.write(CLEAR)
  }
}

/** Of this process. */
export const liveLine = new LiveLine(process.stderr, () => performance.now())
