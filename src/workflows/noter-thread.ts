import { workerData } from 'node:worker_threads'
import type { Core } from '../observe/core.js'

/** The thread of noter.ts: notes what another one reads, to the end. */
const { module, memory } = workerData as Core['shared']
const { exports } = new WebAssembly.Instance(module, { env: { memory } })
;(exports as { noteQueue(): void }).noteQueue()
