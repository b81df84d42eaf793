import { rmSync, writeSync } from 'node:fs'
import { constants } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import type { FromWatch, ToWatch, WatchData } from './signal-watch.js'

/**
 * The thread of signal-watch.ts. The kernel interrupts the process for a signal, whatever it is at; Node has only its main thread
 * hear of it, and only between two pieces of work. This thread listens with what `process.on` itself is made of.
 */

/** How long the main thread has to hear a signal; longer where others have the processors and it got to do little meanwhile. */
const [PATIENCE_MS, MOST_PATIENCE_MS] = [400, 1000]
const ENOUGH_WORK_MS = 250

/** Node's handle of a signal, of its own event loop; a Node without it leaves the main thread to hear by itself. */
interface SignalHandle {
  onsignal: () => void
  start(signal: number): number
  stop(): void
  close(): void
}

interface Bindings {
  binding(name: 'signal_wrap'): { readonly Signal: new () => SignalHandle }
}

const { signals } = workerData as WatchData
let standing: readonly string[] = []
let [sent, heard] = [0, 0]

process.noDeprecation = true // of `binding`
const { Signal } = (process as unknown as Bindings).binding('signal_wrap')
const since = process.hrtime.bigint()
const handles = signals.map((name) => {
  const handle = new Signal()
  handle.onsignal = handOn
  if (handle.start(constants.signals[name as NodeJS.Signals]) !== 0) throw new Error(`cannot hear ${name}`)
  return handle
})

parentPort?.on('message', (message: ToWatch) => {
  if (message === 'heard') heard += 1
  else standing = message
})
tell('ready', since)

function handOn(): void {
  sent += 1
  const number = sent
  tell('signal')
  const before = process.cpuUsage()
  const late = () => heard < number
  setTimeout(() => late() && workedMs(before) >= ENOUGH_WORK_MS && end(), PATIENCE_MS)
  setTimeout(() => late() && end(), MOST_PATIENCE_MS)
}

/** The processor time of the whole process since then. */
function workedMs(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

function tell(says: FromWatch['says'], at = process.hrtime.bigint()): void {
  const message: FromWatch = { says, at }
  parentPort?.postMessage(message)
}

/** Without listeners SIGINT does what it does to any program; a shell then says 130. */
function end(): void {
  for (const path of standing) rmSync(path, { force: true })
  writeSync(2, 'Interrupted in the middle of a large piece of work; nothing is reported of it.\n')
  for (const handle of handles) {
    handle.stop()
    handle.close()
  }
  process.kill(process.pid, 'SIGINT')
}
