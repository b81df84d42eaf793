import { open, rename } from 'node:fs/promises'
import { CannotLook } from '../known.js'
import type { FrameSource } from './source.js'

/**
 * Writes what a source gives to a file as well: as `FILE.partial` until the source has ended, so that FILE is always whole.
 * Throws CannotLook when the file cannot be created; the stream does when the disk is full.
 */
export async function teeSource(source: FrameSource, file: string): Promise<FrameSource> {
  const partial = `${file}.partial`
  const handle = await open(partial, 'w').catch((cause) => cannotWrite(file, cause))
  async function* bytes() {
    try {
      for await (const chunk of source.bytes()) {
        await handle.writeFile(chunk).catch((cause) => cannotWrite(file, cause))
        yield chunk
      }
    } finally {
      await handle.close()
    }
    await rename(partial, file).catch((cause) => cannotWrite(file, cause))
  }
  return { source: source.source, bytes, stop: () => source.stop() }
}

function cannotWrite(file: string, cause: Error): never {
  const hint = 'choose a writable path with enough room'
  throw new CannotLook({ subject: `--write ${file}`, reason: `cannot write it: ${cause.message}`, hint }, { cause })
}
