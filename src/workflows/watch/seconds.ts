import { CLOCK } from '../look-live.js'

/** What is looked at each second is looked at together: to wake up costs more than the look. */
export function untilNextSecond(signal: AbortSignal): Promise<void> {
  return CLOCK.sleep(1000 - (CLOCK.now() % 1000), signal)
}
