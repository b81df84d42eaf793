import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Segment } from '../../src/lab/segment.js'
import { CLI } from './scan-scenario.js'

const PACE = ['--window', '5s', '--interval', '1s', '--log', 'json']

export interface Line {
  readonly event: string
  /** The number of the window that shows it. */
  readonly window?: number
  readonly [member: string]: unknown
}

/** A watch that runs, and what it has printed so far. */
export class Watching {
  readonly lines: Line[] = []
  readonly child: ChildProcess
  private text = ''
  private stderr = ''

  constructor(
    segment: Segment,
    flags: readonly string[],
    { host = 'client', env = process.env, before = [] as readonly string[] } = {},
  ) {
    const argv = [...before, ...CLI, 'watch', ...PACE, ...flags]
    this.child = segment.spawn(host, argv, { stdio: ['ignore', 'pipe', 'pipe'], env })
    this.child.stdout!.on('data', (chunk) => this.take(String(chunk)))
    this.child.stderr!.on('data', (chunk) => {
      this.stderr += chunk
    })
  }

  /** The first line of an event that comes after so many lines. */
  async heard(event: string, after = 0, is: (line: Line) => boolean = () => true): Promise<Line> {
    for (let ms = 0; ms < 60_000; ms += 100) {
      const line = this.lines.slice(after).find((one) => one.event === event && is(one))
      if (line) return line
      if (this.child.exitCode !== null) break
      await sleep(100)
    }
    throw new Error(`no ${event} after line ${after}: ${JSON.stringify(this.lines)} ${this.stderr}`)
  }

  rules(event: string): unknown[] {
    return this.lines.filter((line) => line.event === event).map(({ finding }) => (finding as { rule: string }).rule)
  }

  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.child.kill(signal)
    const [code] = this.child.exitCode === null ? await once(this.child, 'close') : [this.child.exitCode]
    return code
  }

  private take(chunk: string): void {
    const lines = (this.text + chunk).split('\n')
    this.text = lines.pop() ?? ''
    this.lines.push(...lines.map((line) => JSON.parse(line) as Line))
  }
}
