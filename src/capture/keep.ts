import type { FrameSource } from './source.js'

/** A source whose bytes stay in memory as well, as far as they fit. */
export interface KeptSource {
  readonly source: FrameSource
  /** What went by so far. */
  bytes(): Uint8Array
  /** False once more went by than was to be kept. */
  isWhole(): boolean
}

/** Keeps at most `most` bytes, from the start. */
export function keepSource(source: FrameSource, most: number): KeptSource {
  const chunks: Uint8Array[] = []
  let [kept, whole] = [0, true]
  async function* bytes() {
    for await (const chunk of source.bytes()) {
      whole &&= kept + chunk.length <= most
      if (whole) {
        chunks.push(chunk.slice())
        kept += chunk.length
      }
      yield chunk
    }
  }
  return {
    source: { source: source.source, bytes, stop: () => source.stop() },
    bytes: () => Buffer.concat(chunks),
    isWhole: () => whole,
  }
}
