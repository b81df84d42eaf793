import { fstatSync, lstatSync, readlinkSync, type Stats, statSync } from 'node:fs'
import { CannotWrite, codeOf } from './cannot-write.js'

/** What lies where FILE leads, once every symlink on the way is followed. */
export type Place = {
  /** FILE, as it was named. */
  readonly file: string
  /** Absolute, free of symlinks. */
  readonly path: string
} & (
  | { readonly kind: 'nothing'; readonly folder: Stats }
  | { readonly kind: 'regular'; readonly folder: Stats; readonly about: Stats }
  | { readonly kind: 'folder'; readonly about: Stats }
  /** A FIFO or a device. */
  | { readonly kind: 'special'; readonly about: Stats }
  /** One of our own open files: `/dev/stdout`, `/dev/fd/3`. */
  | { readonly kind: 'descriptor'; readonly fd: number; readonly about: Stats }
)

/** As many symlinks as the kernel follows, path_resolution(7). */
const MOST_LINKS = 40
const OWN_DESCRIPTOR = new RegExp(`^/proc/(?:self|thread-self|${process.pid})(?:/task/\\d+)?/fd/(\\d+)$`)

/**
 * Follows FILE to what it names. Throws CannotWrite for a folder that is not there, and for a symlink or FIFO that another
 * user could have put there for us to follow: one that belongs neither to us nor to root, in a folder where others may write.
 * fs.protected_symlinks and fs.protected_fifos refuse the like, where they are set.
 */
export function findPlace(file: string): Place {
  const names = namesOf(file)
  let [at, folder, links] = ['/', statSync('/'), 0]
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    if (name === '..') {
      at = at.slice(0, at.lastIndexOf('/')) || '/'
      folder = lstatSync(at)
      continue
    }
    const path = at === '/' ? `/${name}` : `${at}/${name}`
    const descriptor = OWN_DESCRIPTOR.exec(path)
    if (descriptor && names.length === 0) return ownDescriptor(file, path, Number(descriptor[1]))
    const about = look(file, path)
    if (about === null && names.length === 0) return { file, path, kind: 'nothing', folder }
    if (about === null) throw new CannotWrite(file, `there is no folder ${path}`, 'make it, or choose another path')
    if (about.isSymbolicLink()) {
      if (++links > MOST_LINKS) throw new CannotWrite(file, 'its symlinks lead in a circle', 'remove them')
      refuseForeign('symlink', file, path, about, folder)
      const target = readlinkSync(path)
      if (target.startsWith('/')) [at, folder] = ['/', statSync('/')]
      names.unshift(...split(target))
    } else if (names.length === 0) return whatLies(file, path, about, folder)
    else if (about.isDirectory()) [at, folder] = [path, about]
    else throw new CannotWrite(file, `${path} is no folder`, 'choose another path')
  }
  return { file, path: at, kind: 'folder', about: folder }
}

/** Throws CannotWrite where one file is to be written and a folder is named, by its slash or by what lies there. */
export function refuseFolder(place: Place): asserts place is Exclude<Place, { kind: 'folder' }> {
  const { file, kind } = place
  if (kind === 'folder') throw new CannotWrite(file, 'it is a folder', 'name a file in it')
  if (file.endsWith('/')) throw new CannotWrite(file, 'its slash names a folder', 'name a file')
}

function namesOf(file: string): string[] {
  if (file === '') throw new CannotWrite(file, 'its name is empty', 'name a file')
  return split(file.startsWith('/') ? file : `${process.cwd()}/${file}`)
}

function split(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.')
}

function look(file: string, path: string): Stats | null {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) ?? null
  } catch (cause) {
    throw CannotWrite.because(file, cause)
  }
}

function whatLies(file: string, path: string, about: Stats, folder: Stats): Place {
  if (about.isFile()) {
    if (isSticky(folder)) refuseForeign('file', file, path, about, folder)
    return { file, path, kind: 'regular', about, folder }
  }
  if (about.isDirectory()) return { file, path, kind: 'folder', about }
  if (about.isFIFO()) refuseForeign('FIFO', file, path, about, folder)
  if (about.isSocket()) throw new CannotWrite(file, 'it is a socket', 'choose another path')
  return { file, path, kind: 'special', about }
}

function ownDescriptor(file: string, path: string, fd: number): Place {
  try {
    return { file, path, kind: 'descriptor', fd, about: fstatSync(fd) }
  } catch (cause) {
    if (codeOf(cause) !== 'EBADF') throw CannotWrite.because(file, cause)
    throw new CannotWrite(file, `descriptor ${fd} is not open`, 'open it in the shell, or choose another path', cause)
  }
}

const [STICKY, GROUP_WRITES, OTHERS_WRITE] = [0o1000, 0o020, 0o002]

function refuseForeign(what: string, file: string, path: string, about: Stats, folder: Stats): void {
  if (isOurs(about.uid) || !isOpenToOthers(folder)) return
  const reason = `${path} is a ${what} of another user (uid ${about.uid}), in a folder where others may write`
  throw new CannotWrite(file, reason, 'somebody may have laid it there for you: remove it, or choose another path')
}

function isOpenToOthers({ mode, uid }: Stats): boolean {
  return !isOurs(uid) || (mode & (STICKY | GROUP_WRITES | OTHERS_WRITE)) !== 0
}

function isSticky({ mode }: Stats): boolean {
  return (mode & STICKY) !== 0 && (mode & OTHERS_WRITE) !== 0
}

function isOurs(uid: number): boolean {
  return uid === 0 || uid === process.geteuid?.()
}
