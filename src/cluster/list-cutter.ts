const [QUOTE, BACKSLASH] = [0x22, 0x5c]
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d]
/** Depth inside the array of the items, and inside one item. */
const [IN_ITEMS, IN_ITEM] = [2, 3]
/** The beginning of that array; a quote within a text is escaped. */
const ITEMS_BEGIN = /(?:^|[^\\])"items"\s*:\s*\[$/
const KEY_ROOM = 64
/** An item, or all that is no item: etcd takes objects of at most 1.5 MiB. */
const MOST_BYTES = 16 * 1024 * 1024
const NOTHING: Buffer = Buffer.alloc(0)

/**
 * Cuts the JSON text of a Kubernetes list into its items while it arrives, so that only one item at a time is there as
 * text and as an object: a page of 500 nodes is megabytes of text and more in objects, of which we keep little.
 */
export class ListCutter {
  readonly #take: (item: unknown) => void
  /** All that is no item. */
  readonly #aside: Buffer[] = []
  /** The beginning of an item that is not whole yet. */
  #begun = NOTHING
  /** Where the text begins that is neither handed over nor put aside. */
  #from = 0
  #depth = 0
  #inItems = false
  #inText = false
  /** Bytes of the next piece that a backslash at the end of the last one escapes. */
  #escaped = 0
  #broken = false
  #isTooLong = false
  #asideBytes = 0

  /** `take` gets each item as it is whole. */
  constructor(take: (item: unknown) => void) {
    this.#take = take
  }

  push(piece: Buffer): void {
    if (this.#begun.length > MOST_BYTES || this.#asideBytes > MOST_BYTES) this.#giveUp()
    if (this.#isTooLong) return
    const text = this.#begun.length > 0 ? Buffer.concat([this.#begun, piece]) : piece
    let at = this.#begun.length + this.#escaped
    this.#from = 0
    while (at < text.length) {
      if (this.#inText) {
        at = endOfText(text, at)
        if (at >= text.length) break
        this.#inText = false
      } else {
        const byte = text[at]
        if (byte === QUOTE) this.#inText = true
        else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.#open(text, at)
        else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) this.#close(text, at)
      }
      at += 1
    }
    this.#escaped = Math.max(0, at - text.length)
    this.#keep(text.subarray(this.#from))
  }

  /** The list less the items that were handed over; null when it is not JSON. */
  end(): unknown {
    const list = this.#parse(Buffer.concat(this.#aside))
    return this.#broken ? null : list
  }

  #open(text: Buffer, at: number): void {
    this.#depth += 1
    if (this.#inItems) {
      if (this.#depth === IN_ITEM) this.#from = at
    } else if (this.#depth === IN_ITEMS && text[at] === OPEN_BRACKET) {
      this.#aside.push(text.subarray(this.#from, at + 1))
      this.#from = at + 1
      this.#inItems = ITEMS_BEGIN.test(this.#endOfAside())
    }
  }

  #close(text: Buffer, at: number): void {
    this.#depth -= 1
    if (!this.#inItems) return
    if (this.#depth === IN_ITEMS) {
      const item = this.#parse(text.subarray(this.#from, at + 1))
      if (!this.#broken) this.#take(item)
      this.#from = at + 1
    } else if (this.#depth < IN_ITEMS) {
      this.#inItems = false
      this.#from = at
    }
  }

  #keep(rest: Buffer): void {
    this.#begun = this.#inItems && this.#depth >= IN_ITEM ? rest : NOTHING
    if (this.#inItems) return
    this.#aside.push(rest)
    this.#asideBytes += rest.length
  }

  /** What follows is let go by: it would be copied again with every piece that comes. */
  #giveUp(): void {
    this.#isTooLong = true
    this.#broken = true
    this.#begun = NOTHING
    this.#aside.length = 0
  }

  #endOfAside(): string {
    const pieces = this.#aside.slice(-KEY_ROOM).map((piece) => piece.subarray(-KEY_ROOM))
    return Buffer.concat(pieces).toString('latin1')
  }

  #parse(text: Buffer): unknown {
    try {
      return JSON.parse(text.toString('utf8'))
    } catch {
      this.#broken = true
      return null
    }
  }
}

/** The quote that ends a text, or a place at or beyond the end of what there is. */
function endOfText(text: Buffer, from: number): number {
  let at = from
  while (at < text.length && text[at] !== QUOTE) at += text[at] === BACKSLASH ? 2 : 1
  return at
}
