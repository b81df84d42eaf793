import { readInput } from '../bounded-file.js'
import type { CheckFile } from '../check/model.js'
import { parseCheckFile } from '../check/parse-check-file.js'
import { UsageError } from './exit-codes.js'
import { MOST_MEBIBYTES } from './read-text.js'

/** Reads a check file. Throws UsageError with every fault as `FILE:LINE:COLUMN: message`, each on a line of its own. */
export async function readCheckFile(name: string): Promise<CheckFile> {
  const parsed = parseCheckFile(await readText(name))
  if (parsed.ok) return parsed.file
  const faults = parsed.faults.map(({ line, column, message }) => `${name}:${line}:${column}: ${message}`)
  throw new UsageError(`the check file is not valid\n${faults.join('\n')}`)
}

async function readText(name: string): Promise<string> {
  try {
    return (await readInput(name, MOST_MEBIBYTES.list)).toString()
  } catch (cause) {
    throw new UsageError(`cannot read ${name}: ${(cause as Error).message}; write one with \`l2doctor init\``, {
      cause,
    })
  }
}
