import { readFile } from 'node:fs/promises'
import type { CheckFile } from '../check/model.js'
import { parseCheckFile } from '../check/parse-check-file.js'
import { UsageError } from './exit-codes.js'

/** Reads a check file. Throws UsageError with every fault as `FILE:LINE:COLUMN: message`, each on a line of its own. */
export async function readCheckFile(name: string): Promise<CheckFile> {
  const parsed = parseCheckFile(await readText(name))
  if (parsed.ok) return parsed.file
  const faults = parsed.faults.map(({ line, column, message }) => `${name}:${line}:${column}: ${message}`)
  throw new UsageError(`the check file is not valid\n${faults.join('\n')}`)
}

async function readText(name: string): Promise<string> {
  try {
    return await readFile(name, 'utf8')
  } catch (cause) {
    throw new UsageError(`cannot read ${name}: ${(cause as Error).message}; write one with \`l2doctor init\``, {
      cause,
    })
  }
}
