import { CaptureReader } from '../wire/capture-reader.js'
import type { FrameSink, RecordLayout } from '../wire/frame-sink.js'
import type { Ip } from '../wire/ip.js'
import type { Mac } from '../wire/mac.js'
import { Core } from './core.js'
import type { ObserveOptions, WireFacts } from './model.js'
import { type Answers, Observer } from './observer.js'

/**
 * Reads capture bytes without end, and says of each window what was on the wire in it. A window knows nothing of the one before: its
 * facts are those of a capture that began and ended with it, and it takes no more memory than one. A record that lies across the
 * border belongs to the window in which it is read whole.
 */
export class Windows {
  private readonly core = new Core()
  private readonly sink = new WindowSink()
  private readonly reader = new CaptureReader(this.sink)
  private current: Observer

  constructor(options: ObserveOptions) {
    this.current = this.begin(options)
  }

  /** The chunk is not needed after the call. Throws CaptureFormatError when the first bytes are no capture's. */
  push(chunk: Uint8Array): void {
    this.current.push(chunk)
  }

  /** Where to put the next chunk, so that it need not be copied. */
  get buffer(): Uint8Array {
    return this.current.buffer
  }

  /** What the window saw that ends now; the next one observes by other options. */
  roll(options: ObserveOptions): WireFacts {
    this.current.settleAll()
    const facts = this.current.facts()
    this.current = this.begin(options)
    return facts
  }

  /** Of an address, what its responders have answered in this window so far, on any VLAN. */
  answersFor(ip: Ip): ReadonlyMap<Mac, Answers> {
    return this.current.answersFor(ip)
  }

  /** The MACs which have spoken as an address in this window so far, on any VLAN. */
  claimants(ip: Ip): readonly Mac[] {
    return this.current.claimants(ip)
  }

  private begin(options: ObserveOptions): Observer {
    return new Observer(options, this.core, { reader: this.reader, turnTo: (sink) => this.sink.turnTo(sink) })
  }
}

/** Hands the frames of one capture to one window after the other; each hears first which link types the capture has. */
class WindowSink implements FrameSink {
  private sink: FrameSink | null = null
  private readonly linkTypes = new Set<number>()

  turnTo(sink: FrameSink): void {
    this.sink = sink
    for (const linkType of this.linkTypes) sink.linkType(linkType)
  }

  frame(view: DataView, start: number, end: number, linkType: number, seconds: number, nanos: number): void {
    this.sink?.frame(view, start, end, linkType, seconds, nanos)
  }

  plain(view: DataView, at: number, end: number, layout: RecordLayout): number {
    return this.sink?.plain?.(view, at, end, layout) ?? at
  }

  otherRecord(): void {
    this.sink?.otherRecord()
  }

  linkType(linkType: number): void {
    this.linkTypes.add(linkType)
    this.sink?.linkType(linkType)
  }

  damaged(reason: string): void {
    this.sink?.damaged(reason)
  }
}
