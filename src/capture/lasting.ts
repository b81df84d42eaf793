import { setTimeout as sleep } from 'node:timers/promises'
import type { LiveSource } from './live.js'
import { hasInterface } from './this-host.js'

/** A capture that begins again when its program ends although the interface is still there, as after a link that flapped. */
export interface LastingSource extends LiveSource {
  /** How often it began again, or tried to. */
  restarts(): number
}

/** From one attempt to begin again to the next. */
const PAUSE_MS = 200
/** The header of pcap: every engine writes the same one, and the stream has had it. */
const HEADER_BYTES = 24

/** Opens a capture, and opens it again as long as it is not told to stop. Throws what the first opening throws. */
export async function lasting(device: string, open: () => Promise<LiveSource>): Promise<LastingSource> {
  let current = await open()
  let [restarts, stopped] = [0, false]
  const stop = () => {
    stopped = true
    current.stop()
  }
  async function* bytes() {
    for (;;) {
      try {
        yield* restarts === 0 ? current.bytes() : withoutHeader(current.bytes())
        return
      } catch (error) {
        if (stopped || !(await hasInterface(device))) throw error
      }
      restarts += 1
      const next = await reopen(device, open, () => stopped)
      if (next === null) return
      current = next
    }
  }
  return {
    source: current.source,
    bytes,
    stop,
    countDropped: async () => (await current.countDropped?.()) ?? null,
    conditions: () => current.conditions(),
    restarts: () => restarts,
  }
}

/** Null when it was told to stop before. Throws when the interface has gone. */
async function reopen(device: string, open: () => Promise<LiveSource>, stopped: () => boolean) {
  for (;;) {
    await sleep(PAUSE_MS)
    if (stopped()) return null
    try {
      const source = await open()
      if (stopped()) source.stop()
      return source
    } catch (error) {
      if (!(await hasInterface(device))) throw error
    }
  }
}

async function* withoutHeader(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let left = HEADER_BYTES
  for await (const chunk of chunks) {
    const rest = chunk.subarray(Math.min(left, chunk.length))
    left -= chunk.length - rest.length
    if (rest.length > 0) yield rest
  }
}
