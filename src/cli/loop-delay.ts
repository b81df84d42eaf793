import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Look } from '../workflows/look.js'

const RESOLUTION_MS = 10

/** Notes at the end of a live look how long this process was deaf to signals and timers at worst. */
export function withLoopDelay(look: Look, note: (text: string) => void): Look {
  const { work } = look
  if (work === null) return look
  return {
    ...look,
    work: async (...told) => {
      const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
      delays.enable()
      try {
        return await work(...told)
      } finally {
        const worst = Math.round(delays.max / 1e6 - RESOLUTION_MS) // node counts the pause it wanted as delay
        note(`event loop: at most ${Math.max(0, worst)} ms late`)
      }
    },
  }
}
