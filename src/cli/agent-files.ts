import { readAnnounceTable } from '../cluster/announcers/cilium/announce-table.js'
import { CannotLook, known } from '../known.js'
import type { GivenAgent } from '../workflows/scan-request.js'
import type { NamedFile } from './named-files.js'
import { readFlagFile } from './read-text.js'

/** What Cilium's agent on a node printed. A file that cannot be read is a usage error; one of an unknown format is a gap. */
export async function readAgentFile({ name, file }: NamedFile): Promise<GivenAgent> {
  const text = await readFlagFile('--cilium-l2-announce', file)
  try {
    return { state: known(readAnnounceTable(text, name, file), file) }
  } catch (error) {
    if (error instanceof CannotLook) return { state: { known: false, gap: error.gap } }
    throw error
  }
}
