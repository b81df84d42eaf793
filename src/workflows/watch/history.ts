import { type BoundService, Standing } from '../../watch/history.js'
import { beginLine, formatLine, type HistoryLine, type LineOf } from '../../watch/history-line.js'
import type { WatchedWindow } from '../../watch/model.js'

/** Where the lines go; what cannot be done rejects. */
export interface HistoryStore {
  readonly size: number
  append(lines: (isEmpty: boolean) => string): Promise<void>
  rotate(): Promise<void>
  close(): Promise<void>
}

export interface HistoryOptions {
  /** What the file held already. */
  readonly earlier: readonly HistoryLine[]
  readonly writtenBy: string
  readonly now: () => Date
  /** A file that is larger is put aside, bytes; one that holds little else than what stands grows to twice that. */
  readonly mostBytes: number
  /** What could not be written is tried again after so long, ms. */
  readonly retryMs: number
  readonly told: HistoryTold
}

export interface HistoryTold {
  /** Called once for each time that nothing can be written. */
  failed(reason: string): void
  worksAgain(): void
  /** Each attempt that failed. */
  counted(): void
}

/** So many lines wait for a disk that is full, or twice what stands; beyond that they are lost, and only what stands at its end is written. */
const MOST_WAITING = 10_000

/** Writes what a watch sees, a line for each change; a watch never waits for it. */
export class History {
  private readonly store: HistoryStore
  private readonly options: HistoryOptions
  private readonly standing: Standing
  private waiting: HistoryLine[] = []
  private lost = 0
  private isFailing = false
  private writing: Promise<void> = Promise.resolve()
  private timer: NodeJS.Timeout | null = null

  constructor(store: HistoryStore, options: HistoryOptions) {
    this.store = store
    this.options = options
    this.standing = new Standing(options.earlier)
    this.add([beginLine(this.at(), options.writtenBy, false)])
  }

  window(window: WatchedWindow): void {
    this.add(this.standing.window(window))
  }

  segment(device: string, gateways: LineOf<'segment'>['gateways']): void {
    this.add(this.standing.segment(device, gateways, this.at()))
  }

  /** What comes is in no order with what was noted before: it begins as a watch does. */
  clockSet(byMs: number): void {
    this.standing.clockSet(byMs)
    this.add([beginLine(this.at(), this.options.writtenBy, false)])
  }

  services(bound: readonly BoundService[]): void {
    this.add(this.standing.services(bound, this.at()))
  }

  /** Writes what waits, as far as that is possible. */
  async close(): Promise<void> {
    const { judgedUntil, readUntil } = this.standing
    this.add([
      {
        event: 'ended',
        at: this.at(),
        ...(judgedUntil === null ? {} : { judgedUntil }),
        ...(readUntil === null ? {} : { readUntil }),
      },
    ])
    await this.writing
    if (this.timer) clearTimeout(this.timer)
    await this.store.close()
  }

  private add(lines: readonly HistoryLine[]): void {
    if (lines.length === 0) return
    this.waiting = [...this.waiting, ...lines]
    if (this.waiting.length > Math.max(MOST_WAITING, 2 * this.standing.size)) {
      this.lost += this.waiting.length
      this.waiting = []
    }
    this.writing = this.writing.then(() => this.write())
  }

  private async write(): Promise<void> {
    const [lines, lost] = [this.waiting, this.lost]
    if (lines.length === 0 && lost === 0) return
    ;[this.waiting, this.lost] = [[], 0]
    const { retryMs } = this.options
    const late = setTimeout(() => this.failed(`the disk does not answer for ${retryMs / 1000} s`), retryMs).unref()
    try {
      if (this.isFull()) await this.store.rotate()
      await this.store.append((isEmpty) => this.text(lines, lost, isEmpty))
    } catch (error) {
      this.again(lines, lost, error as Error)
      return
    } finally {
      clearTimeout(late)
    }
    if (this.isFailing) this.options.told.worksAgain()
    this.isFailing = false
  }

  /** Of a file that begins, and after a loss, all that stands. */
  private text(lines: readonly HistoryLine[], lost: number, isEmpty: boolean): string {
    if (!isEmpty && lost === 0) return lines.map(formatLine).join('')
    const [written, missing] = [
      new Set(lines),
      lost > 0 ? [{ event: 'lost', at: this.at(), lines: lost } as const] : [],
    ]
    const head = lines[0]?.event === 'begun' ? [lines[0]] : [beginLine(this.at(), this.options.writtenBy, true)]
    const standing = this.standing.lines().filter((line) => !written.has(line))
    const rest = lines.filter((line) => line !== head[0])
    return [...head, ...missing, ...standing, ...rest].map(formatLine).join('')
  }

  private isFull(): boolean {
    const { size } = this.store
    if (size <= this.options.mostBytes) return false
    const stands = this.standing.lines().reduce((sum, line) => sum + formatLine(line).length, 0)
    return size > 2 * stands
  }

  private failed(reason: string): void {
    const { told } = this.options
    told.counted()
    if (!this.isFailing) told.failed(reason)
    this.isFailing = true
  }

  private again(lines: readonly HistoryLine[], lost: number, { message }: Error): void {
    this.failed(message)
    this.waiting = [...lines, ...this.waiting]
    this.lost += lost
    if (this.timer) clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      this.writing = this.writing.then(() => this.write())
    }, this.options.retryMs).unref()
  }

  private at(): string {
    return this.options.now().toISOString()
  }
}
