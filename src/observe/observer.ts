import { CutShortError } from '../wire/capture-format.js'
import { CaptureReader } from '../wire/capture-reader.js'
import type { FrameSink } from '../wire/frame-sink.js'
import { type Ip, parseIp } from '../wire/ip.js'
import type { Mac } from '../wire/mac.js'
import type { Claims } from './claims.js'
import * as CLAIM from './columns/claim.js'
import * as REGION from './columns/region.js'
import { Core } from './core.js'
import { Fold } from './fold.js'
import { type ObserveOptions, REQUEST_MODES, type RequestMode, type WireFacts } from './model.js'
import { OnceEach, repetitionIn } from './repeated.js'
import { wireFacts } from './wire-facts.js'

/** Reads capture bytes (pcap or pcapng) chunk by chunk and says at the end what was on the wire. */
export class Observer {
  /** What reads and notes the frames; a thread may do the second half of it (core/queue.ts). */
  readonly core: Core
  private readonly fold: Fold
  private reader: CaptureReader | null
  private once: OnceEach | null = null
  private readonly options: ObserveOptions
  private truncated = false

  /** A core that an observer of before has no more use for spares a new one its memory. `goingOn`: a capture that is read already. */
  constructor(options: ObserveOptions, used?: Core, goingOn?: CaptureGoingOn) {
    this.options = options
    this.core = used?.reset() ?? new Core()
    this.fold = new Fold(new Set(options.asked), this.core)
    this.reader = goingOn?.reader ?? null
    goingOn?.turnTo(this.fold)
  }

  /** The chunk is not needed after the call. Throws CaptureFormatError when the first bytes are no capture's. */
  push(chunk: Uint8Array): void {
    this.reader ??= this.begin(chunk)
    if (chunk.buffer === this.core.bytes.buffer) this.reader.push(chunk)
    else for (const piece of piecesOf(chunk)) this.reader.push(this.core.copy(piece))
  }

  /** Frames read so far. */
  get frames(): number {
    return this.core.run.frames.value
  }

  /** Where to put the next chunk, so that it need not be copied. */
  get buffer(): Uint8Array {
    return this.core.chunk
  }

  /** The MACs which have answered (requests of one mode) for an address so far, on any VLAN, in the order of appearance. */
  responders(ip: Ip, mode?: RequestMode): readonly Mac[] {
    this.fold.settle()
    const { claims } = this.fold.tables
    const answered = this.claimsOn(ip).filter((claim) => hasAnswered(claims, claim, mode))
    return [...new Set(answered.map((claim) => claims.mac(claim)))]
  }

  /** Of an address, what its responders have answered so far, on any VLAN. */
  answersFor(ip: Ip): ReadonlyMap<Mac, Answers> {
    this.fold.settle()
    const { claims } = this.fold.tables
    const all = new Map<Mac, Answers>()
    for (const claim of this.claimsOn(ip)) {
      if (!hasAnswered(claims, claim)) continue
      const mac = claims.mac(claim)
      all.set(mac, plus(all.get(mac) ?? NO_ANSWERS, answersOf(claims, claim)))
    }
    return all
  }

  /** The MACs which have spoken as an address so far, on any VLAN, whether asked or not. */
  claimants(ip: Ip): readonly Mac[] {
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

  /** Of the virtual routers that may have two masters now, the longest advert interval, ms; 0: there is none. */
  contestedMs(): number {
    return this.fold.vrrp.contestedMs((text) => {
      const ip = parseIp(text)
      return ip !== null && this.answersFor(ip).size > 1
    })
  }

  /** Ends the observation, where all is noted as it is read. Throws CaptureFormatError. */
  finish(cutShort = false): WireFacts {
    this.end(cutShort)
    return this.facts()
  }

  /** Nothing more comes. `cutShort` says that the source itself ended before its end. Throws CaptureFormatError. */
  end(cutShort: boolean): void {
    this.truncated = (this.reader ?? new CaptureReader(this.fold)).finish().truncated || cutShort
    this.settleAll()
  }

  /** Ends what is open; to be called before `facts` where the capture itself goes on. */
  settleAll(): void {
    this.fold.finish()
  }

  /** What was on the wire, once the end is noted. */
  facts(): WireFacts {
    return wireFacts(this.fold, this.options, { truncatedFile: this.truncated, copies: this.once?.copies ?? 0 })
  }

  /** How a capture repeats its frames shows in its first bytes. */
  private begin(start: Uint8Array): CaptureReader {
    const repetition = repetitionIn(start)
    if (repetition !== null) this.once = new OnceEach(this.fold, repetition)
    return new CaptureReader(this.once ?? this.fold)
  }

  private claimsOn(ip: Ip): number[] {
    const { addresses, claims, stacks } = this.fold.tables
    const found = stacks.list.map((_, stack) => addresses.find(stack, ip)).filter((address) => address >= 0)
    return found.flatMap((address) => claims.of(address))
  }
}

/** A capture of which one observer after the other sees a part; the frames that follow go to the sink that it was turned to last. */
export interface CaptureGoingOn {
  readonly reader: CaptureReader
  turnTo(sink: FrameSink): void
}

/** Answers by the mode of their request, and how many of them had the O flag (RFC 4861) in answer to a request to a group. */
export type Answers = Readonly<Record<RequestMode | 'overriding', number>>

const NO_ANSWERS: Answers = { broadcast: 0, unicast: 0, probe: 0, overriding: 0 }

function answersOf(claims: Claims, claim: number): Answers {
  const [broadcast = 0, unicast = 0, probe = 0] = REQUEST_MODES.map((_, at) => claims.get(claim, CLAIM.answered + at))
  return { broadcast, unicast, probe, overriding: claims.get(claim, CLAIM.solicitedOverriding) }
}

function plus(one: Answers, other: Answers): Answers {
  return {
    broadcast: one.broadcast + other.broadcast,
    unicast: one.unicast + other.unicast,
    probe: one.probe + other.probe,
    overriding: one.overriding + other.overriding,
  }
}

/** A chunk, in parts that the core's memory and its queue have room for. */
export function* piecesOf(chunk: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < chunk.length; at += REGION.chunkBytes) yield chunk.subarray(at, at + REGION.chunkBytes)
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
