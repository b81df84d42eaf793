import { createGunzip } from 'node:zlib'
import { CutShortError } from '../wire/capture-format.js'

/** RFC 1952 section 2.3.1. */
export function looksLikeGzip(start: Uint8Array): boolean {
  return start[0] === 0x1f && start[1] === 0x8b
}

/** Unpacks a gzip stream, which may have several members. Damage ends it with CutShortError after the last good byte. */
export async function* gunzip(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const unpacker = createGunzip({ chunkSize: 256 * 1024 })
  const feeding = feed(packed, unpacker)
  try {
    yield* unpacker
  } catch (cause) {
    if (isSourceFailure(cause)) throw cause
    throw new CutShortError('the gzip data end before their end, or are damaged', { cause })
  } finally {
    unpacker.destroy()
    await feeding
  }
}

/** One chunk at a time: a chunk is only valid until the next one is asked for. */
async function feed(packed: AsyncIterable<Uint8Array>, unpacker: ReturnType<typeof createGunzip>): Promise<void> {
  try {
    for await (const chunk of packed) {
      await new Promise<void>((done) => {
        unpacker.once('close', done)
        unpacker.write(chunk, () => {
          unpacker.off('close', done)
          done()
        })
      })
      if (unpacker.destroyed) return
    }
    unpacker.end()
  } catch (cause) {
    unpacker.destroy(cause as Error)
  }
}

/** zlib's own errors carry codes such as Z_BUF_ERROR; every other error came from the stream that feeds it. */
function isSourceFailure(cause: unknown): boolean {
  return !String((cause as NodeJS.ErrnoException)?.code).startsWith('Z_')
}
