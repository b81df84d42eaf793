import { statSync } from 'node:fs'
import type { ClusterNode } from '../cluster/model.js'
import { hasRoomForThread } from '../memory.js'
import type { Core } from '../observe/core.js'
import type { ObserveOptions } from '../observe/model.js'
import { fileLook } from './file-look.js'
import type { Look } from './look.js'
import { NoterThread } from './noter.js'
import { type Seen, see } from './see.js'

/** What is to be seen in a capture file. */
export interface FileQuestion {
  readonly path: string
  readonly options: ObserveOptions
  readonly nodes: readonly ClusterNode[]
}

/** From here on a capture takes longer to read than a thread to start. */
const LARGE_BYTES = 8 * 1024 * 1024

/** What a capture file shows; the frames of a large one are noted in a second thread. */
export function seeFile(
  { path, options, nodes }: FileQuestion,
  interrupted: AbortSignal,
  noticed?: Look['noticed'],
): Promise<Seen> {
  const startNoter = isLarge(path) && hasRoomForThread() ? (core: Core) => new NoterThread(core) : undefined
  return see(async () => ({ ...fileLook(path), ...(noticed && { noticed }) }), options, nodes, interrupted, startNoter)
}

function isLarge(path: string): boolean {
  try {
    const file = statSync(path)
    return file.isFile() && file.size >= LARGE_BYTES
  } catch {
    return false // whoever opens it says why it cannot be read
  }
}
