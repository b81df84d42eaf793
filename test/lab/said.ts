import type { ChildProcess } from 'node:child_process'
import type { Readable } from 'node:stream'

/**
 * What a program says, read to its end: who closes the stream after the line that it waited for kills the program by its next one.
 * What was said before counts, once.
 */
export class Said {
  readonly ended: Promise<void>
  private text = ''
  private readonly waiting = new Set<() => void>()

  constructor(child: ChildProcess, streams: readonly Readable[] = [child.stdout!, child.stderr!]) {
    for (const stream of streams) stream.on('data', (chunk) => this.hear(String(chunk)))
    this.ended = new Promise((resolve) => child.once('close', () => resolve()))
  }

  /** Resolves when it says so; rejects where it ends before. */
  async wait(words: string): Promise<void> {
    const ended = this.ended.then(() => {
      throw new Error(`it ended before "${words}": ${this.text}`)
    })
    ended.catch(() => {}) // also when it ends later
    for (;;) {
      const at = this.text.indexOf(words)
      if (at >= 0) {
        this.text = this.text.slice(at + words.length)
        return
      }
      await Promise.race([new Promise<void>((resolve) => this.waiting.add(resolve)), ended])
    }
  }

  private hear(chunk: string): void {
    this.text += chunk
    for (const wake of this.waiting) wake()
    this.waiting.clear()
  }
}
