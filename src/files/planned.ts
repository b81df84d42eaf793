import { accessSync, constants, fstatSync, readdirSync, type Stats, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { CannotWrite } from './cannot-write.js'
import { findPlace, type Place, refuseFolder } from './place.js'

/** A file that a run is to write at its end. */
export interface PlannedFile {
  /** Which flag asks for it. */
  readonly flag: string
  /** Null: standard output. */
  readonly file: string | null
  /** A folder that is made if need be, for many files. */
  readonly folder?: boolean
}

/** What a run reads: a file, or a folder of them; `-` is standard input. */
export interface InputFile {
  /** Which flag names it. */
  readonly flag: string
  readonly file: string
}

/**
 * Says what can be known before anything is asked: throws CannotWrite for a place that cannot be written, is named twice, or
 * holds what is to be read.
 */
export function checkPlanned(planned: readonly PlannedFile[], inputs: readonly InputFile[] = []): void {
  const read = new Map(inputs.flatMap((input) => identitiesOfInput(input.file).map((identity) => [identity, input])))
  const taken = new Map<string, PlannedFile>()
  for (const one of planned) {
    for (const identity of identities(one)) {
      const input = read.get(identity)
      if (input !== undefined) throw alsoRead(one, input)
      const other = taken.get(identity)
      if (other !== undefined) throw namedTwice(one, other)
      taken.set(identity, one)
    }
  }
}

function namedTwice({ file, flag }: PlannedFile, other: PlannedFile): CannotWrite {
  const [name, where] = file === null ? [other.file, flag] : [file, other.flag]
  const both =
    other.file === null || file === null ? `standard output, which ${where} writes too` : `the file of ${where}`
  return new CannotWrite(name ?? 'standard output', `it is ${both}`, 'give each a file of its own')
}

function alsoRead({ file, flag }: PlannedFile, input: InputFile): CannotWrite {
  const name = file ?? `standard output, for ${flag}`
  return new CannotWrite(name, `${input.flag} ${input.file} reads it`, 'name another file to write')
}

/** The file itself, or a folder and what is read in it. */
function identitiesOfInput(file: string): string[] {
  const about = lookThrough(file)
  if (about === null) return []
  return about.isDirectory() ? [identityOf(about), ...snapshotsIn(file).flatMap(identitiesOfInput)] : ofFile(about)
}

/** One that cannot be looked at is for its reader to complain of. */
function lookThrough(file: string): Stats | null {
  try {
    return file === '-' ? fstatSync(0) : (statSync(file, { throwIfNoEntry: false }) ?? null)
  } catch {
    return null
  }
}

/** The files that are read in a folder that is named. */
function snapshotsIn(folder: string): string[] {
  return namesIn(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(folder, name))
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function identities({ file, folder }: PlannedFile): string[] {
  if (file === null) return ['fd 1', ...ofFile(fstatSync(1))]
  if (folder) {
    checkFolder(file)
    const about = lookThrough(file)
    return about ? [identityOf(about)] : []
  }
  const place = findPlace(file)
  checkPlace(place)
  if (place.kind === 'nothing') return [`${place.folder.dev}:${place.folder.ino}/${basename(place.path)}`]
  if (place.kind === 'descriptor') return [`fd ${place.fd}`, ...ofFile(place.about)]
  return isNull(place.about) ? [] : [identityOf(place.about)]
}

/** A terminal is many things to many descriptors; a file or a pipe is one. */
function ofFile(about: Stats): string[] {
  return about.isFile() || about.isFIFO() ? [identityOf(about)] : []
}

function identityOf({ dev, ino }: Stats): string {
  return `${dev}:${ino}`
}

/** /dev/null by its number, which Linux fixes: it takes any number of outputs. */
function isNull(about: Stats): boolean {
  return about.isCharacterDevice() && about.rdev === 0x103
}

function checkPlace(place: Place): void {
  const { file, path, kind } = place
  refuseFolder(place)
  if (kind === 'nothing') mayWrite(file, dirname(path), constants.W_OK | constants.X_OK)
  if (kind === 'regular' || kind === 'special') mayWrite(file, path, constants.W_OK)
}

/** The nearest folder that is there takes the others. */
function checkFolder(file: string): void {
  const place = nearest(file, file)
  if (place.kind !== 'folder') throw new CannotWrite(file, `${place.path} is no folder`, 'name a folder')
  mayWrite(file, place.path, constants.W_OK | constants.X_OK)
}

function nearest(file: string, at: string): Place {
  try {
    const place = findPlace(at)
    return place.kind === 'nothing' ? findPlace(dirname(place.path)) : place
  } catch (error) {
    const above = dirname(at)
    if (!(error instanceof CannotWrite) || !/^there is no folder/.test(error.reason) || above === at) throw error
    return nearest(file, above)
  }
}

function mayWrite(file: string, path: string, mode: number): void {
  try {
    accessSync(path, mode)
  } catch (cause) {
    const { reason } = CannotWrite.because(file, cause)
    throw new CannotWrite(file, path === file ? reason : `${path}: ${reason}`, undefined, cause)
  }
}
