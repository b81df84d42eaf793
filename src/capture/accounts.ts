import { existsSync, realpathSync, type Stats, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** A user and a group by their numbers. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

/** Owns nothing and is in no group: the first choice for a program that is to be able to do nothing else. */
const NOBODY: Account = { uid: 65_534, gid: 65_534 }

/**
 * An account that can read all the files by their modes alone, as a program without CAP_DAC_OVERRIDE must: nobody, else
 * whoever owns them or a folder on the way, as with a checkout in a home that is closed to others. Null: there is none.
 */
export function accountFor(files: readonly string[]): Account | null {
  const paths = [...new Set(files.flatMap(waysTo))].flatMap((path) => statSync(path, { throwIfNoEntry: false }) ?? [])
  const owners = paths.map(({ uid, gid }) => ({ uid, gid }))
  return [NOBODY, ...owners].find((account) => paths.every((stats) => isOpenTo(account, stats))) ?? null
}

/** The file and its folders, as named and as links lead there. */
function waysTo(file: string): string[] {
  return existsSync(file) ? [...withFolders(file), ...withFolders(realpathSync(file))] : []
}

function withFolders(path: string): string[] {
  return path === dirname(path) ? [path] : [path, ...withFolders(dirname(path))]
}

/** A folder must let pass, a file must be readable. */
function isOpenTo({ uid, gid }: Account, stats: Stats): boolean {
  const bit = stats.isDirectory() ? 1 : 4
  const shift = stats.uid === uid ? 6 : stats.gid === gid ? 3 : 0
  return ((stats.mode >> shift) & bit) !== 0
}
