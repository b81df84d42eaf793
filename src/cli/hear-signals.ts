import { endSignals } from './signals.js'

/**
 * Whoever is to hear that the run shall end. The signals come from the kernel right to this thread, or by way of the thread
 * that watches over it (signal-watch.ts), which has them to itself then.
 */
const hearers = new Set<() => void>()
let isTaken = false
/** When the kernel's came, in nanoseconds of the monotonic clock. */
const fromKernel: bigint[] = []

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
  for (const signal of endSignals()) process.on(signal, hearKernel)
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
  for (const signal of endSignals()) process.off(signal, hearKernel)
}
