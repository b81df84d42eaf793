import { readFile } from 'node:fs/promises'
import { UsageError } from './exit-codes.js'

/** The text of a file, or of standard input for `-`. */
export async function readText(path: string): Promise<string> {
  return path === '-' ? (await import('node:stream/consumers')).text(process.stdin) : readFile(path, 'utf8')
}

/** The text of a file that a flag names; one that cannot be read is a usage error. */
export async function readFlagFile(flag: string, path: string): Promise<string> {
  try {
    return await readText(path)
  } catch (cause) {
    throw new UsageError(`cannot read ${flag} ${path}: ${(cause as Error).message}; name a readable file`, { cause })
  }
}
