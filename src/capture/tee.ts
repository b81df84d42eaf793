import type { OutputFile } from '../files/output-file.js'
import type { FrameSource } from './source.js'

/** A file that is to hold a copy of a source. */
export interface Copy {
  /** The same source; what it gives is written first. What cannot be written ends the copy, never the source. */
  of(source: FrameSource): FrameSource
  /** Nothing will come: leaves what was there. */
  discard(): Promise<void>
}

/**
 * Copies into FILE what a source gives until it ends, also where it breaks off: the copy is what was judged. `failed` hears
 * once, as soon as it is known, that the copy cannot go on or cannot get its name.
 */
export function startCopy(output: OutputFile, failed: (cause: unknown) => void): Copy {
  async function* copied(chunks: AsyncIterable<Uint8Array>) {
    const copy = new Copying(output, failed)
    try {
      for await (const chunk of chunks) {
        await copy.take(chunk)
        yield chunk
      }
      await copy.end()
    } catch (error) {
      await copy.breakOff()
      throw error
    } finally {
      await copy.discard() // unless it has ended: nobody wants the rest
    }
  }
  return {
    of: (source) => ({ source: source.source, bytes: () => copied(source.bytes()), stop: () => source.stop() }),
    discard: () => output.discard(),
  }
}

class Copying {
  private readonly output: OutputFile
  private readonly failed: (cause: unknown) => void
  private over = false
  private isEmpty = true

  constructor(output: OutputFile, failed: (cause: unknown) => void) {
    this.output = output
    this.failed = failed
  }

  async take(chunk: Uint8Array): Promise<void> {
    if (this.over) return
    this.isEmpty = false
    await this.output.write(chunk).catch((cause) => this.giveUp(cause))
  }

  async end(): Promise<void> {
    if (this.over) return
    this.over = true
    await this.output.commit().catch(this.failed)
  }

  /** What came before is kept; nothing at all does not take the place of what was there. */
  async breakOff(): Promise<void> {
    if (!this.isEmpty) await this.end()
  }

  async discard(): Promise<void> {
    if (this.over) return
    this.over = true
    await this.output.discard()
  }

  private async giveUp(cause: unknown): Promise<void> {
    await this.discard()
    this.failed(cause)
  }
}
