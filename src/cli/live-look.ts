import type { Far, Look } from '../workflows/look.js'
import { liveLine } from './live-line.js'

const TICK_MS = 250
const MIB = 1024 * 1024

/** A look that shows on the live line what it has seen and sent, and how long it still takes. */
export function withLiveLine(look: Look): Look {
  const { work } = look
  if (!liveLine.seen || work === null) return look
  let far: Far = { frames: 0, bytes: null }
  return {
    ...look,
    noticed: (now) => {
      far = now
    },
    work: async (...told) => {
      const startedAt = performance.now()
      const tick = setInterval(
        () => liveLine.show(liveWords(look, far, (performance.now() - startedAt) / 1000)),
        TICK_MS,
      )
      try {
        return await work(...told)
      } finally {
        clearInterval(tick)
        liveLine.clear()
      }
    },
  }
}

/** `eth0: 12 of about 60 s, 340 frames, 25 requests sent`. */
export function liveWords({ source, plan }: Pick<Look, 'source' | 'plan'>, { frames }: Far, seconds: number): string {
  const whole = plan?.seconds ?? null
  const time = `${Math.floor(seconds)}${whole === null ? '' : ` of about ${Math.ceil(whole)}`} s`
  const sent = plan && plan.sent !== null ? [`${plan.sent()} requests sent`] : []
  return `${source.source.name}: ${[time, `${frames} frames`, ...sent].join(', ')}`
}

/** Shows how much of a capture file is read. */
export function fileProgress(name: string): (far: Far) => void {
  const startedAt = performance.now()
  return (far) => liveLine.show(fileWords(name, far, (performance.now() - startedAt) / 1000))
}

/** `rack-7.pcap: 120 of 480 MiB, 1200000 frames, about 3 s more`. */
export function fileWords(name: string, { frames, bytes }: Far, seconds: number): string {
  if (bytes === null) return `${name}: ${frames} frames`
  const left = bytes.read > 0 ? Math.ceil((seconds * (bytes.of - bytes.read)) / bytes.read) : null
  const size = `${Math.floor(bytes.read / MIB)} of ${Math.ceil(bytes.of / MIB)} MiB`
  return [`${name}: ${size}`, `${frames} frames`, ...(left === null ? [] : [`about ${left} s more`])].join(', ')
}
