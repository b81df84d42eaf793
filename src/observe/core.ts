import * as REGION from './columns/regions.js'
import { CODE } from './core/code.js'

/** What few frames set off: see src/observe/core/host.ts. */
export interface CoreHost {
  changed(address: number, claim: number, gratuitous: number): void
  looped(row: number): void
  sourced(claim: number, source: number): void
}

interface Global {
  readonly value: number
}

/** The exports of src/observe/core/index.ts. Truth values are numbers, 0 or not. */
interface CoreExports {
  reset(): void
  ask(ip: number): void
  begin(seconds: number, nanos: number): void
  pass(): void
  readRecords(at: number, end: number, swapped: boolean, headerLength: number, nanosPerUnit: number): number
  noteKey(stack: number): void
  noteOther(kind: number): void
  kindOfKey(): number
  settle(): void
  closeSecond(): void
  addressCount(): number
  findAddress(stack: number, ip: number): number
  claimCount(): number
  loudCount(scope: number): number
  peak(): number
  readonly frames: Global
  readonly plainArp: Global
  readonly plainOther: Global
  readonly now: Global
  readonly firstAt: Global
  readonly lastAt: Global
  readonly requests: Global
  readonly replies: Global
  readonly gratuitous: Global
  readonly probes: Global
  readonly storms: Global
  readonly unlistedClaims: Global
  readonly unlistedLoud: Global
}

const PAGE = 65_536

let compiled: WebAssembly.Module | null = null

/**
 * The part of the fold that every frame passes, in WebAssembly (src/observe/core, ADR 7), and its memory. The memory never
 * grows, so views of it stay valid; what of it is never used takes no room.
 */
export class Core {
  readonly ints: Int32Array
  readonly doubles: Float64Array
  readonly bytes: DataView<ArrayBuffer>
  readonly run: CoreExports
  private host: CoreHost | null = null

  constructor() {
    const memory = new WebAssembly.Memory({ initial: Math.ceil(REGION.end / PAGE) })
    this.ints = new Int32Array(memory.buffer)
    this.doubles = new Float64Array(memory.buffer)
    this.bytes = new DataView(memory.buffer)
    compiled ??= new WebAssembly.Module(Buffer.from(CODE, 'base64'))
    const host: CoreHost = {
      changed: (address, claim, gratuitous) => this.host!.changed(address, claim, gratuitous),
      looped: (row) => this.host!.looped(row),
      sourced: (claim, source) => this.host!.sourced(claim, source),
    }
    this.run = new WebAssembly.Instance(compiled, { env: { memory }, host }).exports as never
  }

  /** Starts anew, for this host. */
  reset(host: CoreHost): void {
    this.host = host
    this.run.reset()
  }

  /** Where chunks of a capture can be put, in turns, to be read without a copy. */
  get chunks(): readonly [Uint8Array, Uint8Array] {
    return [this.chunkAt(REGION.chunksAt), this.chunkAt(REGION.chunksAt + REGION.chunkBytes)]
  }

  /** Puts at most REGION.chunkBytes where the core can read them. */
  copy(bytes: Uint8Array): Uint8Array {
    const own = this.chunkAt(REGION.copyAt).subarray(0, bytes.length)
    own.set(bytes)
    return own
  }

  private chunkAt(place: number): Uint8Array {
    return new Uint8Array(this.bytes.buffer, place, REGION.chunkBytes)
  }
}
