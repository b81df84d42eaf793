import { constants } from 'node:fs'
import { type FileHandle, open, rename, stat } from 'node:fs/promises'
import { CannotWrite, codeOf } from './cannot-write.js'
import { findPlace, refuseFolder } from './place.js'

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR } = constants
const NEWLINE = 0x0a

/**
 * A regular file of lines that grows, for as long as a process runs. What was appended is in the file, and on the disk, once
 * `append` is through: SIGKILL costs at most the line that is being written. Who takes the file away (`mv`, logrotate) gets a
 * new one in its place.
 */
export interface AppendedFile {
  /** Bytes that it holds. */
  readonly size: number
  /** Whole lines, for a file that is empty or not, after a line that was cut off on a line of their own. Throws CannotWrite: none of them is in it then. */
  append(lines: (isEmpty: boolean) => string): Promise<void>
  /** Gives what there is, if anything, the name FILE.1, in place of the file that had it: FILE is empty then. Throws CannotWrite. */
  rotate(): Promise<void>
  close(): Promise<void>
}

/** Opens FILE, or makes it (its owner's alone). Throws CannotWrite, for anything but a regular file too. */
export async function openAppended(file: string): Promise<AppendedFile> {
  const growing = new Growing(file)
  try {
    await growing.open()
  } catch (cause) {
    throw CannotWrite.because(file, cause)
  }
  return growing
}

class Growing implements AppendedFile {
  size = 0
  private readonly file: string
  private path = ''
  private handle: FileHandle | null = null

  constructor(file: string) {
    this.file = file
  }

  async open(): Promise<FileHandle> {
    const place = findPlace(this.file)
    refuseFolder(place)
    if (place.kind !== 'nothing' && place.kind !== 'regular')
      throw new CannotWrite(this.file, 'it is no regular file', 'name a file that can be read again')
    this.path = place.path
    const making = place.kind === 'nothing' ? O_CREAT | O_EXCL : 0
    const handle = await open(place.path, O_RDWR | O_APPEND | O_NOFOLLOW | making, 0o600)
    this.handle = handle
    this.size = (await handle.stat()).size
    return handle
  }

  async append(lines: (isEmpty: boolean) => string): Promise<void> {
    try {
      const handle = await this.current()
      const { size } = await handle.stat()
      const text = lines(size === 0)
      await addWhole(handle, size, (await endsLine(handle, size)) ? text : `\n${text}`)
      this.size = (await handle.stat()).size
    } catch (cause) {
      throw CannotWrite.because(this.file, cause)
    }
  }

  async rotate(): Promise<void> {
    try {
      const handle = await this.current()
      this.size = (await handle.stat()).size
      if (this.size === 0) return // somebody took it away, or emptied it
      await rename(this.path, `${this.path}.1`)
      await this.close()
      await this.open()
    } catch (cause) {
      throw CannotWrite.because(this.file, cause)
    }
  }

  async close(): Promise<void> {
    const { handle } = this
    this.handle = null
    await handle?.close()
  }

  /** The file that has the name now. */
  private async current(): Promise<FileHandle> {
    const { handle } = this
    if (handle === null) return this.open()
    const [own, named] = [await handle.stat(), await statOf(this.path)]
    if (named?.ino === own.ino && named.dev === own.dev) return handle
    await this.close()
    return this.open()
  }
}

/** All of it or nothing: what stands there in part would stand there twice once it is tried again. */
async function addWhole(handle: FileHandle, size: number, text: string): Promise<void> {
  try {
    await handle.appendFile(text)
    await handle.datasync()
  } catch (cause) {
    if ((await handle.stat()).size > size) await handle.truncate(size)
    throw cause
  }
}

async function endsLine(handle: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return true
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1)
  return buffer[0] === NEWLINE
}

async function statOf(path: string) {
  try {
    return await stat(path)
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return null
    throw cause
  }
}
