import { readInput } from '../bounded-file.js'
import { UsageError } from './exit-codes.js'

/** The objects of a large cluster are hundreds of megabytes; what people write by hand is far from it. */
export const MOST_MEBIBYTES = { objects: 480, list: 16 } as const

/** The text of a file, or of standard input for `-`. */
export async function readText(path: string, most: number): Promise<string> {
  return decoded(await readInput(path, most))
}

/** UTF-8, or what PowerShell writes of a program's output: UTF-16 behind its byte order mark. */
function decoded(bytes: Buffer): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe
  const text = bytes.toString(isUtf16 ? 'utf16le' : 'utf8')
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}

/** The text of a file that a flag names; one that cannot be read is a usage error. */
export async function readFlagFile(flag: string, path: string): Promise<string> {
  try {
    return await readText(path, MOST_MEBIBYTES.list)
  } catch (cause) {
    throw new UsageError(`cannot read ${flag} ${path}: ${(cause as Error).message}; name a readable file`, { cause })
  }
}
