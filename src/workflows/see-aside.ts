import { statSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import type { ClusterNode } from '../cluster/model.js'
import type { ObserveOptions } from '../observe/model.js'
import { packageFile } from '../package-file.js'
import type { Seen } from './see.js'

/** What is to be seen in a capture file. */
export interface FileQuestion {
  readonly path: string
  readonly options: ObserveOptions
  readonly nodes: readonly ClusterNode[]
}

/** What the thread answers: all of Seen but the look, which holds functions. */
export type SeenAside = Omit<Seen, 'look'>

/** From here on a capture takes longer to read than a thread to start. */
const LARGE_BYTES = 8 * 1024 * 1024

/** The frames lie in the core's memory, and what the thread makes besides is short-lived: more would only be left lying. */
const LIMITS = { maxYoungGenerationSizeMb: 4 }

let begun: { readonly question: string; readonly worker: Worker; readonly seen: Promise<SeenAside> } | null = null

/** Begins to read a large file in a thread of its own, while the rest of the program is still being loaded. */
export function seeAhead(question: FileQuestion): void {
  if (isLarge(question.path)) begun = begin(question)
}

/** What a capture file shows. If the same was asked ahead, the answer is on its way; a file that is not large needs no thread. */
export async function seeAside(question: FileQuestion, interrupted: AbortSignal): Promise<Seen> {
  const { path, options, nodes } = question
  const { fileLook } = await import('./file-look.js') // late: seeAhead is to cost little
  const { see } = await import('./see.js')
  if (!isLarge(path)) return see(async () => fileLook(path), options, nodes, interrupted)
  if (begun?.question !== JSON.stringify(question)) {
    void begun?.worker.terminate()
    begun = begin(question)
  }
  const { worker, seen } = begun
  const stop = () => worker.postMessage('stop')
  if (interrupted.aborted) stop()
  interrupted.addEventListener('abort', stop)
  try {
    return { ...(await seen), look: fileLook(path) }
  } finally {
    interrupted.removeEventListener('abort', stop)
  }
}

function isLarge(path: string): boolean {
  try {
    const file = statSync(path)
    return file.isFile() && file.size >= LARGE_BYTES
  } catch {
    return false // whoever opens it says why it cannot be read
  }
}

function begin(question: FileQuestion): NonNullable<typeof begun> {
  const worker = new Worker(packageFile('dist/bundle/see-thread.js'), { workerData: question, resourceLimits: LIMITS })
  const seen = new Promise<SeenAside>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`the thread that reads the capture ended early, code ${code}`)))
  })
  seen.catch(() => {}) // thrown where it is awaited
  return { question: JSON.stringify(question), worker, seen }
}
