/** A file that cannot be written: which (as it was named), why, and what to do about it. */
export class CannotWrite extends Error {
  override readonly name = 'CannotWrite'
  readonly file: string
  readonly reason: string
  readonly hint: string

  constructor(file: string, reason: string, hint = 'choose a writable path with enough room', cause?: unknown) {
    super(`cannot write ${file}: ${reason}; ${hint}`, { cause })
    this.file = file
    this.reason = reason
    this.hint = hint
  }

  /** What the kernel said, without the names of system calls and of our temporary files. */
  static because(file: string, cause: unknown): CannotWrite {
    if (cause instanceof CannotWrite) return cause
    const { message } = cause as Error
    return new CannotWrite(file, /^E[A-Z]+: [^,]+/.exec(message)?.[0] ?? message, undefined, cause)
  }
}

/** The code of a system call's error; empty for any other. */
export function codeOf(cause: unknown): string {
  return (cause as NodeJS.ErrnoException | null)?.code ?? ''
}
