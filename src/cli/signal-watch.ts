import { Worker } from 'node:worker_threads'
import { onStanding } from '../files/temporary.js'
import { hasRoomForThread } from '../memory.js'
import { packageFile } from '../package-file.js'
import { Handover } from './handover.js'
import { heardSince, leaveSignals, signalsThatEnd, takeSignals, tellEnd } from './hear-signals.js'

/** A run that is over by then needs no watch, and is spared what starting one costs. */
const START_AFTER_MS = 400

/** What the watching thread begins with. */
export interface WatchData {
  readonly signals: readonly string[]
}

/** To the thread: a signal was heard; the temporary files that stand. */
export type ToWatch = 'heard' | readonly string[]
/** From the thread: it hears from now on; a signal came. Both with the time, in nanoseconds of the monotonic clock. */
export interface FromWatch {
  readonly says: 'ready' | 'signal'
  readonly at: bigint
}

let watch: Promise<void> | null = null

/**
 * A signal is heard where this thread is between two pieces of work. A second thread hears it in any case, hands it on, and
 * ends the process where it is not heard in time: see signal-thread.ts.
 */
export function watchSignals(): void {
  setTimeout(() => void watchNow(), START_AFTER_MS).unref()
}

/** The same at once, for whoever is about to do much in one piece; settles once the thread hears, or cannot. */
export function watchNow(): Promise<void> {
  watch ??= hasRoomForThread() ? start() : Promise.resolve()
  return watch
}

async function start(): Promise<void> {
  const thread = newThread()
  if (thread === null) return
  thread.unref()
  const send = (message: ToWatch) => thread.postMessage(message)
  onStanding(send)
  process.on('exit', takeSignals) // or the last moments of the process would be without
  await new Promise<void>((resolve) => {
    const handover = new Handover(tellEnd)
    thread.on('error', () => resolve()) // we hear them ourselves, as before
    thread.once('exit', takeSignals)
    thread.on('message', ({ says, at }: FromWatch) => {
      if (says === 'signal') {
        send('heard')
        handover.take(at)
        return
      }
      // what came before the thread heard anything is heard in this turn of the event loop
      setImmediate(() => {
        leaveSignals()
        handover.leave(process.hrtime.bigint(), heardSince(at))
        resolve()
      })
    })
  })
}

/** Null where there is no room for one. */
function newThread(): Worker | null {
  const workerData: WatchData = { signals: signalsThatEnd() }
  try {
    return new Worker(packageFile('dist/bundle/signal-thread.cjs'), { workerData, execArgv: [] })
  } catch {
    return null
  }
}
