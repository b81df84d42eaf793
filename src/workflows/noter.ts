import { Worker } from 'node:worker_threads'
import * as REGION from '../observe/columns/regions.js'
import type { Core } from '../observe/core.js'
import type { Noter } from '../observe/observer.js'
import { packageFile } from '../package-file.js'

/** No record of a capture is so short that a chunk would fill more places of the queue. */
const PLACES_OF_A_CHUNK = REGION.chunkBytes / 8
const [TAIL, HEAD] = [REGION.queueTailAt / 4, REGION.queueHeadAt / 4]

/** A thread that notes the frames which a core reads in this one. */
export class NoterThread implements Noter {
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

  async handOver(): Promise<void> {
    this.core.run.publish()
    await this.waiting(REGION.queuePlaces - PLACES_OF_A_CHUNK)
  }

  async catchUp(): Promise<void> {
    this.core.run.publish()
    await this.waiting(0)
  }

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
