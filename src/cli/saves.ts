import { CannotWrite } from '../files/cannot-write.js'
import type { OutputFile, Readers } from '../files/output-file.js'
import type { InputFile, PlannedFile } from '../files/planned.js'

/**
 * The files that a run writes. What can be known of them is said before anything is asked; a save that fails later costs neither
 * the report nor its exit code, and is told after it.
 */
export class Saves {
  /** Ends the waiting of a save. */
  readonly interrupted: AbortSignal
  private readonly failures: CannotWrite[] = []

  constructor(interrupted: AbortSignal) {
    this.interrupted = interrupted
  }

  /**
   * Throws CannotWrite for a file that cannot be written, is named twice, or is among the `inputs`; a `file` that is not asked
   * for is undefined.
   */
  async plan(
    files: readonly (Omit<PlannedFile, 'file'> & { readonly file: string | null | undefined })[],
    inputs: readonly InputFile[] = [],
  ) {
    const asked = files.filter((one): one is PlannedFile => one.file !== undefined)
    if (asked.every(({ file }) => file === null)) return
    const { checkPlanned } = await import('../files/planned.js')
    checkPlanned(asked, inputs)
  }

  /** Throws CannotWrite. */
  async open(file: string, readers: Readers): Promise<OutputFile> {
    return (await import('../files/output-file.js')).openOutput(file, readers, this.interrupted)
  }

  /** False when it could not be written. */
  async whole(file: string, contents: string | Uint8Array, readers: Readers): Promise<boolean> {
    const { writeWhole } = await import('../files/output-file.js')
    return this.attempt(() => writeWhole(file, contents, readers, this.interrupted))
  }

  /** False when what it writes could not be written; other errors are thrown. */
  async attempt(save: () => Promise<void>): Promise<boolean> {
    try {
      await save()
      return true
    } catch (error) {
      if (!(error instanceof CannotWrite)) throw error
      this.failed(error)
      return false
    }
  }

  failed(failure: CannotWrite): void {
    this.failures.push(failure)
  }

  /** What could not be written, each once. */
  get complaints(): readonly string[] {
    return [...new Set(this.failures.map(({ message }) => message))]
  }
}
