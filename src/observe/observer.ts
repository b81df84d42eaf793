import { CutShortError } from '../wire/capture-format.js'
import { CaptureReader } from '../wire/capture-reader.js'
import type { Ipv4 } from '../wire/ipv4.js'
import type { Mac } from '../wire/mac.js'
import type { Claims } from './claims.js'
import * as CLAIM from './columns/claim.js'
import * as REGION from './columns/regions.js'
import { Core } from './core.js'
import { Fold } from './fold.js'
import { type ObserveOptions, REQUEST_MODES, type RequestMode, type WireFacts } from './model.js'
import { wireFacts } from './wire-facts.js'

/** Notes elsewhere the frames which a core reads here: they share its memory and its queue (core/queue.ts). */
export interface Noter {
  /** Lets it see what was read; resolves as soon as there is room in the queue for what REGION.chunkBytes hold. */
  handOver(): Promise<void>
  /** Resolves when all is noted that was read. */
  catchUp(): Promise<void>
  /** Ends it wherever it is. */
  stop(): void
}

/** Reads capture bytes (pcap or pcapng) chunk by chunk and says at the end what was on the wire. */
export class Observer {
  private readonly core: Core
  private readonly fold: Fold
  private readonly reader: CaptureReader
  private readonly options: ObserveOptions
  private noter: Noter | null = null

  /** A core that an observer of before has no more use for spares a new one its memory. */
  constructor(options: ObserveOptions, core = new Core()) {
    this.options = options
    this.core = core
    this.fold = new Fold(new Set(options.asked), core)
    this.reader = new CaptureReader(this.fold)
  }

  /** The chunk is not needed after the call. Throws CaptureFormatError when the first bytes are no capture's. */
  push(chunk: Uint8Array): void {
    if (chunk.buffer === this.core.bytes.buffer) this.reader.push(chunk)
    else {
      for (let at = 0; at < chunk.length; at += REGION.chunkBytes)
        this.reader.push(this.core.copy(chunk.subarray(at, at + REGION.chunkBytes)))
    }
  }

  /** From now on frames are noted elsewhere: what follows is to be `pushAside`, `finishAside` and, whatever happens, `close`. */
  noteAside(start: (core: Core) => Noter): void {
    this.noter = start(this.core)
  }

  /** As `push`, wherever frames are noted; the chunk is needed until this resolves. */
  async pushAside(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length; at += REGION.chunkBytes) {
      this.push(chunk.subarray(at, at + REGION.chunkBytes))
      await this.noter?.handOver()
    }
  }

  /** Where to put the next chunk, so that it need not be copied. */
  get buffer(): Uint8Array {
    return this.core.chunk
  }

  /** The MACs which have answered (requests of one mode) for an address so far, on any VLAN, in the order of appearance. */
  responders(ip: Ipv4, mode?: RequestMode): readonly Mac[] {
    this.fold.settle()
    const { claims } = this.fold.tables
    const answered = this.claimsOn(ip).filter((claim) => hasAnswered(claims, claim, mode))
    return [...new Set(answered.map((claim) => claims.mac(claim)))]
  }

  /** The MACs which have spoken as an address so far, on any VLAN, whether asked or not. */
  claimants(ip: Ipv4): readonly Mac[] {
    this.fold.settle()
    const { claims } = this.fold.tables
    return [
      ...new Set(
        this.claimsOn(ip)
          .filter((claim) => hasSpoken(claims, claim))
          .map((claim) => claims.mac(claim)),
      ),
    ]
  }

  /** Ends the observation. `cutShort` says that the source itself ended before its end. Throws CaptureFormatError. */
  finish(cutShort = false): WireFacts {
    const truncated = this.end() || cutShort
    return wireFacts(this.fold, this.options, truncated)
  }

  /** As `finish`, wherever frames are noted. */
  async finishAside(cutShort = false): Promise<WireFacts> {
    const truncated = this.end() || cutShort
    await this.noter?.catchUp()
    return wireFacts(this.fold, this.options, truncated)
  }

  /** Ends what was started to note frames elsewhere. */
  close(): void {
    this.noter?.stop()
  }

  private end(): boolean {
    const { truncated } = this.reader.finish()
    this.fold.finish()
    return truncated
  }

  private claimsOn(ip: Ipv4): number[] {
    const { addresses, claims, stacks } = this.fold.tables
    const found = stacks.list.map((_, stack) => addresses.find(stack, ip)).filter((address) => address >= 0)
    return found.flatMap((address) => claims.of(address))
  }
}

/** A claim also stands for a host that was merely asked by unicast. */
function hasSpoken(claims: Claims, claim: number): boolean {
  return claims.get(claim, CLAIM.requests) + claims.get(claim, CLAIM.replies) > 0
}

function hasAnswered(claims: Claims, claim: number, mode?: RequestMode): boolean {
  return REQUEST_MODES.some((one, at) => (mode ?? one) === one && claims.get(claim, CLAIM.answered + at) > 0)
}

/** Observes a whole source. Errors of the source pass through; a cut archive is read to its end and reported as cut. */
export async function observe(bytes: AsyncIterable<Uint8Array>, options: ObserveOptions): Promise<WireFacts> {
  const observer = new Observer(options)
  try {
    for await (const chunk of bytes) observer.push(chunk)
  } catch (cause) {
    if (cause instanceof CutShortError) return observer.finish(true)
    throw cause
  }
  return observer.finish()
}
