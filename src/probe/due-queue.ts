import type { Ip } from '../wire/ip.js'

/** What a plan does about an address at a time, ms. */
export interface Due {
  readonly at: number
  readonly vip: Ip
  readonly round: number
}

/** First in, first out, without moving what is behind. */
export class DueQueue {
  private items: Due[] = []
  private head = 0

  /** When the first is due; Infinity when there is none. */
  get at(): number {
    return this.items[this.head]?.at ?? Number.POSITIVE_INFINITY
  }

  add(item: Due): void {
    this.items.push(item)
  }

  take(): Due {
    const item = this.items[this.head++] as Due
    if (this.head > 1024 && this.head * 2 > this.items.length) {
      this.items = this.items.slice(this.head)
      this.head = 0
    }
    return item
  }
}
