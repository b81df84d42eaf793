import { CannotLook, known } from '../known.js'
import type { GivenTable } from '../workflows/scan-request.js'
import type { NamedFile } from './named-files.js'
import { readFlagFile } from './read-text.js'

/** A file that cannot be read is a usage error; one of an unknown format is a gap. */
export async function readNeighbourFile({ name, file }: NamedFile): Promise<GivenTable> {
  const { readNeighbourTable } = await import('../neighbours/read-table.js')
  const text = await readFlagFile('--neighbours', file)
  try {
    return { name, table: known(readNeighbourTable(text, name), file) }
  } catch (error) {
    if (error instanceof CannotLook) return { name, table: { known: false, gap: error.gap } }
    throw error
  }
}
