import { open, rename, rm } from 'node:fs/promises'
import { CannotLook } from '../known.js'
import type { FrameSource } from './source.js'

/** A file that is to hold a copy of a source. */
export interface Copy {
  /** The same source; what it gives is written first. Its stream throws CannotLook when the disk is full. */
  of(source: FrameSource): FrameSource
  /** Nothing will come: removes what was begun. */
  discard(): Promise<void>
}

/** Creates `FILE.partial`, which gets its name when the source has ended: FILE is always whole. Throws CannotLook. */
export async function startCopy(file: string): Promise<Copy> {
  const partial = `${file}.partial`
  const handle = await open(partial, 'w').catch((cause) => cannotWrite(file, cause))
  async function* copied(chunks: AsyncIterable<Uint8Array>) {
    try {
      for await (const chunk of chunks) {
        await handle.writeFile(chunk).catch((cause) => cannotWrite(file, cause))
        yield chunk
      }
    } finally {
      await handle.close()
    }
    await rename(partial, file).catch((cause) => cannotWrite(file, cause))
  }
  return {
    of: (source) => ({ source: source.source, bytes: () => copied(source.bytes()), stop: () => source.stop() }),
    discard: async () => {
      await handle.close()
      await rm(partial, { force: true })
    },
  }
}

function cannotWrite(file: string, cause: Error): never {
  const hint = 'choose a writable path with enough room'
  throw new CannotLook({ subject: `--write ${file}`, reason: `cannot write it: ${cause.message}`, hint }, { cause })
}
