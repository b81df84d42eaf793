import * as REGION from './columns/regions.js'
import { CODE } from './core/code.js'

interface Global {
  readonly value: number
}

/** The exports of src/observe/core/index.ts for whoever reads frames. Truth values are numbers, 0 or not. */
interface CoreExports {
  reset(): void
  ask(ip: number): void
  share(): void
  publish(): void
  readRecords(at: number, end: number, swapped: boolean, headerLength: number, nanosPerUnit: number): number
  arp(stack: number, seconds: number, nanos: number): void
  otherArp(kind: number, seconds: number, nanos: number): void
  otherFrame(seconds: number, nanos: number): void
  record(): void
  kindOfKey(): number
  settle(): void
  finish(): void
  addressCount(): number
  findAddress(stack: number, ip: number): number
  claimCount(): number
  readonly plainArp: Global
  readonly plainOther: Global
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
  readonly bytes: DataView<SharedArrayBuffer>
  readonly run: CoreExports
  /** What another thread needs to note what is read here: see src/workflows/noter-thread.ts. */
  readonly shared: { readonly module: WebAssembly.Module; readonly memory: WebAssembly.Memory }

  constructor() {
    const pages = Math.ceil(REGION.end / PAGE)
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
    compiled ??= new WebAssembly.Module(Buffer.from(CODE, 'base64'))
    this.ints = new Int32Array(memory.buffer)
    this.doubles = new Float64Array(memory.buffer)
    this.bytes = new DataView(memory.buffer)
    this.shared = { module: compiled, memory }
    this.run = new WebAssembly.Instance(compiled, { env: { memory } }).exports as never
  }

  /** A column of columns/total.ts, as it was when the counts were brought up to date. */
  total(column: number): number {
    return this.doubles[REGION.totalsAt / 8 + column]!
  }

  /** Where a chunk of a capture can be put, to be read without a copy. */
  get chunk(): Uint8Array {
    return this.chunkAt(REGION.chunkAt)
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
