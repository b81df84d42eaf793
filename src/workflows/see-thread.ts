import { parentPort, workerData } from 'node:worker_threads'
import { fileLook } from './file-look.js'
import { see } from './see.js'
import type { FileQuestion, SeenAside } from './see-aside.js'

/** The thread of see-aside.ts: answers one question; any message ends it with what was seen until then. */
const { path, options, nodes } = workerData as FileQuestion
const interruption = new AbortController()
parentPort!.once('message', () => interruption.abort())
const { look, ...seen } = await see(async () => fileLook(path), options, nodes, interruption.signal)
parentPort!.postMessage(seen satisfies SeenAside)
parentPort!.close()
