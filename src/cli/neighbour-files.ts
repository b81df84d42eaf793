import { basename } from 'node:path'
import { CannotLook, known } from '../known.js'
import type { GivenTable } from '../workflows/scan-request.js'
import { UsageError } from './exit-codes.js'
import { readFlagFile } from './read-text.js'

export interface NeighbourFile {
  readonly name: string
  readonly file: string
}

/** As many devices as anybody would save by hand. */
const MOST_FILES = 64

/** `--neighbours` values: `NAME=FILE`, or a file that has the device's name. Each name once. */
export function parseNeighbourFiles(texts: readonly string[]): NeighbourFile[] {
  if (texts.length > MOST_FILES) throw new UsageError(`--neighbours: more than ${MOST_FILES} files; name fewer`)
  const all = texts.map(parse)
  const twice = all.find(({ name }, at) => all.findIndex((other) => other.name === name) < at)
  if (twice) throw new UsageError(`--neighbours: ${twice.name} is named twice; write NAME=FILE, each name once`)
  return all
}

/** The file of `NAME=FILE`. */
export function fileOf(text: string): string {
  return parse(text).file
}

function parse(text: string): NeighbourFile {
  const [, name, file] = /^([^=/]+)=(.*)$/s.exec(text) ?? []
  if (file === '' || text === '') throw new UsageError(`--neighbours ${text}: write FILE, or NAME=FILE`)
  return file === undefined ? { name: basename(text).replace(/\.\w{1,5}$/, ''), file: text } : { name: name!, file }
}

/** A file that cannot be read is a usage error; one of an unknown format is a gap. */
export async function readNeighbourFile({ name, file }: NeighbourFile): Promise<GivenTable> {
  const { readNeighbourTable } = await import('../neighbours/read-table.js')
  const text = await readFlagFile('--neighbours', file)
  try {
    return { name, table: known(readNeighbourTable(text, name), file) }
  } catch (error) {
    if (error instanceof CannotLook) return { name, table: { known: false, gap: error.gap } }
    throw error
  }
}
