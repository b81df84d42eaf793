import { type EndSignal, endSignals } from './signals.js'

/**
 * Whoever is to hear that the run shall end. The signals come from the kernel right to this thread, or by way of the thread
 * that watches over it (signal-watch.ts), which has them to itself then.
 */
const hearers = new Set<() => void>()
let isTaken = false
/** Who hears SIGHUP, where it ends nothing. */
let hangup: (() => void) | null = null
/** When the kernel's came, in nanoseconds of the monotonic clock. */
const fromKernel: bigint[] = []

/** The signals that end a run: not SIGHUP, where a command hears that otherwise. */
export function signalsThatEnd(): readonly EndSignal[] {
  return hangup ? endSignals().filter((signal) => signal !== 'SIGHUP') : endSignals()
}

/**
 * From now on SIGHUP ends nothing and is heard here, by the last one that calls this; one that is to be ignored stays ignored. To be
 * called before the run lasts.
 */
export function hearHangup(hear: () => void): void {
  if (!endSignals().includes('SIGHUP')) return
  if (hangup === null) {
    process.on('SIGHUP', () => hangup?.())
    process.off('SIGHUP', hearKernel)
  }
  hangup = hear
}

export function hearEnd(hear: () => void): void {
  hearers.add(hear)
  if (hearers.size === 1) takeSignals()
}

export function hearNoMore(hear: () => void): void {
  hearers.delete(hear)
}

/** One signal that ends a run has come. */
export function tellEnd(): void {
  for (const hear of hearers) hear()
}

/** From the kernel. */
export function takeSignals(): void {
  if (isTaken) return
  isTaken = true
  for (const signal of signalsThatEnd()) process.on(signal, hearKernel)
}

function hearKernel(): void {
  fromKernel.push(process.hrtime.bigint())
  tellEnd()
}

/** How many came right to this thread from then on. */
export function heardSince(at: bigint): number {
  return fromKernel.filter((one) => one >= at).length
}

/** Somebody else has taken them, and calls `tellEnd`. */
export function leaveSignals(): void {
  isTaken = false
  for (const signal of signalsThatEnd()) process.off(signal, hearKernel)
}
