import { statSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import type { ClusterNode } from '../cluster/model.js'
import { hasRoomForThread } from '../memory.js'
import type { Core } from '../observe/core.js'
import type { ObserveOptions } from '../observe/model.js'
import { fileLook } from './file-look.js'
import type { Far, Look } from './look.js'
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
/** The other thread takes as long to start, and then finds enough to do while this one loads the program. */
const HEAD_START_MS = 40

/** Who hears how far the file is read; it may come after the reading has begun. */
interface Listener {
  noticed: Look['noticed']
}

let begun: {
  readonly question: string
  readonly stop: AbortController
  readonly seen: Promise<Seen>
  readonly listener: Listener
} | null = null

/** Begins to read a large file before the rest of the program is loaded, and soon lets that go on as well. */
export async function seeAhead(question: FileQuestion): Promise<void> {
  if (!isLarge(question.path)) return
  const stop = new AbortController()
  const listener: Listener = { noticed: undefined }
  const seen = seeNow(question, stop.signal, listener)
  begun = { question: textOf(question), stop, seen, listener }
  const ended = seen.catch(() => {}) // thrown where its answer is asked for
  await Promise.race([ended, setTimeout(HEAD_START_MS)])
}

/** What a capture file shows. If the same was asked ahead, the answer is on its way. */
export async function seeFile(
  question: FileQuestion,
  interrupted: AbortSignal,
  noticed?: Look['noticed'],
): Promise<Seen> {
  const ahead = begun
  begun = null
  if (ahead?.question !== textOf(question)) {
    ahead?.stop.abort()
    return seeNow(question, interrupted, { noticed })
  }
  ahead.listener.noticed = noticed
  const stop = () => ahead.stop.abort()
  if (interrupted.aborted) stop()
  interrupted.addEventListener('abort', stop)
  try {
    return await ahead.seen
  } finally {
    interrupted.removeEventListener('abort', stop)
  }
}

/** Alike for questions that are alike. */
function textOf(question: FileQuestion): string {
  return JSON.stringify(question, (_, value) => (typeof value === 'bigint' ? `${value}` : value))
}

function seeNow({ path, options, nodes }: FileQuestion, interrupted: AbortSignal, listener: Listener): Promise<Seen> {
  const look = () => ({ ...fileLook(path), noticed: (far: Far) => listener.noticed?.(far) })
  const startNoter = isLarge(path) && hasRoomForThread() ? (core: Core) => new NoterThread(core) : undefined
  return see(async () => look(), options, nodes, interrupted, startNoter)
}

function isLarge(path: string): boolean {
  try {
    const file = statSync(path)
    return file.isFile() && file.size >= LARGE_BYTES
  } catch {
    return false // whoever opens it says why it cannot be read
  }
}
