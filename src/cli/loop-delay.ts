import { monitorEventLoopDelay } from 'node:perf_hooks'

const RESOLUTION_MS = 10

/** Watches how long this process was deaf to signals and timers; the answer of the call tells the worst so far, in ms. */
export function watchEventLoop(): () => number {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delays.enable()
  return () => Math.max(0, Math.round(delays.max / 1e6 - RESOLUTION_MS)) // node counts the pause it wanted as delay
}
