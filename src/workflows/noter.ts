import { Worker } from 'node:worker_threads'
import * as REGION from '../observe/columns/region.js'
import type { Core } from '../observe/core.js'
import type { WireFacts } from '../observe/model.js'
import { type Observer, piecesOf } from '../observe/observer.js'
import { packageFile } from '../package-file.js'

/** No record of a capture is so short that a chunk would fill more places of the queue. */
const PLACES_OF_A_CHUNK = REGION.chunkBytes / 8
const [TAIL, HEAD] = [REGION.queueTailAt / 4, REGION.queueHeadAt / 4]

/** A thread that notes the frames which a core reads in this one. */
export class NoterThread {
  private readonly core: Core
  private readonly thread: Worker
  private readonly over: Promise<void>
  private failure: Error | null = null

  constructor(core: Core) {
    core.run.share()
    this.core = core
    this.thread = new Worker(packageFile('dist/bundle/noter-thread.cjs'), { workerData: core.shared })
    this.thread.once('error', (error) => {
      this.failure = error
    })
    this.over = new Promise((resolve) => {
      this.thread.once('exit', (code) => {
        this.failure ??= new Error(`the thread that notes frames has ended, code ${code}`)
        resolve()
      })
    })
  }

  /** Lets it see what was read; resolves as soon as there is room in the queue for what REGION.chunkBytes hold. */
  async handOver(): Promise<void> {
    this.core.run.publish()
    await this.waiting(REGION.queuePlaces - PLACES_OF_A_CHUNK)
  }

  /** Resolves when all is noted that was read. */
  async catchUp(): Promise<void> {
    this.core.run.publish()
    await this.waiting(0)
  }

  /** Ends it wherever it is. */
  stop(): void {
    void this.thread.terminate()
  }

  /** Until no more than `most` places of the queue wait. Throws when the thread ended before that. */
  private async waiting(most: number): Promise<void> {
    const { ints } = this.core
    for (;;) {
      const head = Atomics.load(ints, HEAD)
      if (((Atomics.load(ints, TAIL) - head) | 0) <= most) return
      if (this.failure !== null) throw this.failure
      await Promise.race([Atomics.waitAsync(ints, HEAD, head).value, this.over])
    }
  }
}

/** Reads a chunk, which is needed until this resolves. Without a thread its frames are noted by then. */
export async function read(chunk: Uint8Array, observer: Observer, noter: NoterThread | null): Promise<void> {
  for (const piece of piecesOf(chunk)) {
    observer.push(piece)
    await noter?.handOver()
  }
}

/** Ends an observation wherever its frames are noted. */
export async function conclude(observer: Observer, noter: NoterThread | null, cutShort = false): Promise<WireFacts> {
  observer.end(cutShort)
  await noter?.catchUp()
  return observer.facts()
}
