import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/**
 * A file in FOLDER that takes nothing, as on a full disk. As root one of its own: a build that replaces what it should write
 * into replaces that, not the machine's.
 */
export function fullDisk(folder: string): string {
  if (process.geteuid?.() !== 0) return '/dev/full'
  const file = join(folder, 'full')
  execFileSync('mknod', [file, 'c', '1', '7'])
  return file
}
