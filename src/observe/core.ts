import type { Ipv6 } from '../wire/ipv6.js'
import * as ID_TABLE from './columns/id-table.js'
import * as REGION from './columns/region.js'
import { CODE } from './core/code.js'

interface Global {
  readonly value: number
}

/** The exports of src/observe/core/index.ts for whoever reads frames. Truth values are numbers, 0 or not. */
interface CoreExports {
  reset(): void
  ask(ip: number): void
  ask6(): void
  numberOfIp(): number
  share(): void
  publish(): void
  readRecords(at: number, end: number, swapped: boolean, headerLength: number, nanosPerUnit: number): number
  arp(stack: number, seconds: number, nanos: number): void
  discovery(stack: number, at: number, seconds: number, nanos: number): void
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
  /** The number of the last frame or record, from 1. */
  readonly frames: Global
  readonly knownDiscoveries: Global
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
  run: CoreExports
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
    this.run = this.begin()
  }

  /** A core that served before serves anew, in the same memory; what it was used for is then over. */
  reset(): this {
    this.run = this.begin()
    return this
  }

  /** A column of columns/total.ts, as it was when the counts were brought up to date. */
  total(column: number): number {
    return this.doubles[REGION.totalsAt / 8 + column]!
  }

  /** Puts an IPv6 address where a target's place is (region.ts). */
  putTarget(ip: Ipv6): void {
    this.bytes.setBigUint64(REGION.discoveryTargetAt, ip >> 64n)
    this.bytes.setBigUint64(REGION.discoveryTargetAt + 8, ip & 0xffff_ffff_ffff_ffffn)
  }

  /** The IPv6 address of a number; `::` of 0. */
  ip6(number: number): Ipv6 {
    if (number <= 0) return 0n
    const key = REGION.ipKeysAt + (number - 1) * ID_TABLE.keyBytes
    return (this.bytes.getBigUint64(key) << 64n) | this.bytes.getBigUint64(key + 8)
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

  /** An instance for each use: no variable of the core outlives it. */
  private begin(): CoreExports {
    const { module, memory } = this.shared
    const run = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as CoreExports
    run.reset()
    return run
  }

  private chunkAt(place: number): Uint8Array {
    return new Uint8Array(this.bytes.buffer, place, REGION.chunkBytes)
  }
}
