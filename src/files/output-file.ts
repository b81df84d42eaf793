import { constants, type Stats } from 'node:fs'
import { access, type FileHandle } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { CannotWrite, codeOf } from './cannot-write.js'
import { findPlace, type Place, refuseFolder } from './place.js'
import { descriptorSink, fileSink, openInPlace, openSpecial, openToAppend, type Sink } from './sinks.js'
import { openTemporary, type Temporary } from './temporary.js'

/**
 * The one way in which this program writes a file that somebody named. A regular file is replaced in one step, with its mode
 * and owner kept, so that nobody ever reads half of it; a symlink is followed; a device, a FIFO or `/dev/stdout` is written
 * into. What could be another user's trap is refused, see findPlace.
 */
export interface OutputFile {
  /** In order; throws CannotWrite. Nothing may be written after that but `discard`. */
  write(bytes: Uint8Array): Promise<void>
  /** Everything is written: gives the file its name. Throws CannotWrite. */
  commit(): Promise<void>
  /** Leaves what was there as it was, where that is still possible. */
  discard(): Promise<void>
}

/** Who may read a file that was not there before: captures, snapshots, bundles and baselines are the owner's alone. */
export type Readers = 'owner' | 'all'

/** Less the umask. */
const NEW_MODE = { owner: 0o600, all: 0o644 } as const satisfies Record<Readers, number>
const NEVER = new AbortController().signal

/** Opens FILE for writing. `signal` ends the waiting for the reader of a pipe. Throws CannotWrite. */
export async function openOutput(file: string, readers: Readers, signal = NEVER): Promise<OutputFile> {
  try {
    const place = findPlace(file)
    refuseFolder(place)
    if (place.kind === 'special') return into(file, await openSpecial(place, signal))
    if (place.kind === 'descriptor') return into(file, descriptorSink(place, signal))
    return await replacing(place, NEW_MODE[readers])
  } catch (cause) {
    throw CannotWrite.because(file, cause)
  }
}

/** Writes FILE whole, or leaves it. Throws CannotWrite. */
export async function writeWhole(
  file: string,
  contents: string | Uint8Array,
  readers: Readers,
  signal = NEVER,
): Promise<void> {
  const output = await openOutput(file, readers, signal)
  try {
    await output.write(typeof contents === 'string' ? Buffer.from(contents) : contents)
    await output.commit()
  } catch (error) {
    await output.discard()
    throw error
  }
}

/** Adds to FILE, which is made if need be. Throws CannotWrite. */
export async function appendTo(file: string, contents: string): Promise<void> {
  try {
    const place = findPlace(file)
    if (place.kind !== 'regular') return await writeWhole(file, contents, 'all')
    const sink = await openToAppend(place)
    await sink.write(Buffer.from(contents)).finally(sink.close)
  } catch (cause) {
    throw CannotWrite.because(file, cause)
  }
}

function into(file: string, sink: Sink): OutputFile {
  return {
    write: (bytes) => sink.write(bytes).catch((cause) => fail(file, cause)),
    commit: () => sink.close().catch((cause) => fail(file, cause)),
    discard: () => sink.close().catch(() => {}),
  }
}

function fail(file: string, cause: unknown): never {
  throw CannotWrite.because(file, cause)
}

type Replaceable = Place & { kind: 'nothing' | 'regular' }

async function replacing(place: Replaceable, newMode: number): Promise<OutputFile> {
  if (place.kind === 'nothing') return named(place, await beside(place, newMode))
  await access(place.path, constants.W_OK) // what is read-only stays so
  const temporary = await beside(place, 0o600).catch((cause) => (isClosedFolder(cause) ? null : Promise.reject(cause)))
  if (temporary === null) return into(place.file, await openInPlace(place))
  if (await keepsOwner(temporary.handle, place.about)) return named(place, temporary)
  await temporary.close()
  return into(place.file, await openInPlace(place))
}

function beside({ path, folder }: Replaceable, mode: number): Promise<Temporary> {
  return openTemporary(dirname(path), folder, mode)
}

/** Nothing new may be put into it; the file that is there may still be overwritten. */
function isClosedFolder(cause: unknown): boolean {
  return ['EACCES', 'EPERM', 'EROFS'].includes(codeOf(cause))
}

/** False where we may not give a file to the owner of the one that it replaces. */
async function keepsOwner(handle: FileHandle, { uid, gid, mode }: Stats): Promise<boolean> {
  const own = await handle.stat()
  try {
    if (own.uid !== uid || own.gid !== gid) await handle.chown(uid, gid)
    await handle.chmod(mode & 0o7777)
    return true
  } catch (cause) {
    if (codeOf(cause) === 'EPERM') return false
    throw cause
  }
}

function named(place: Replaceable, temporary: Temporary): OutputFile {
  const { file } = place
  const sink = fileSink(temporary.handle)
  return {
    write: (bytes) => sink.write(bytes).catch((cause) => fail(file, cause)),
    commit: () =>
      nameIt(place, temporary)
        .finally(temporary.close)
        .catch((cause) => fail(file, cause)),
    discard: () => temporary.close().catch(() => {}),
  }
}

async function nameIt(place: Replaceable, { handle, rename }: Temporary): Promise<void> {
  await handle.sync()
  try {
    await rename(basename(place.path))
  } catch (cause) {
    if (codeOf(cause) !== 'EBUSY' || place.kind !== 'regular') throw cause
    await pour(handle, await openInPlace(place)) // a mount of its own: no name can be given to another file there
  }
}

async function pour(from: FileHandle, to: Sink): Promise<void> {
  const buffer = Buffer.alloc(1 << 20)
  try {
    for (let at = 0; ; ) {
      const { bytesRead } = await from.read(buffer, 0, buffer.length, at)
      if (bytesRead === 0) return
      await to.write(buffer.subarray(0, bytesRead))
      at += bytesRead
    }
  } finally {
    await to.close()
  }
}
