import { readLinkState } from '../../capture/link-state.js'
import { type LiveCapture, openLive } from '../../capture/open-live.js'
import { CannotLook } from '../../known.js'
import { CLOCK } from '../look-live.js'
import { Blind } from './blind.js'
import type { SegmentAdapters, SegmentRequest } from './model.js'
import { watchThrough } from './watch-through.js'

/** From one look at a link that is down to the next, ms, and from one attempt to open a capture to the next. */
const LINK_MS = 1000
const PAUSES = [1000, 2000, 5000] as const

/**
 * Watches one interface until it is stopped. What ends the capture is told once, and what comes in between is a window of which
 * nothing is known. Throws CannotLook where it cannot even begin.
 */
export async function watchSegment(
  request: SegmentRequest,
  adapters: SegmentAdapters,
  signal: AbortSignal,
): Promise<void> {
  const blind = new Blind(adapters, request.pace.windowMs)
  const first = await open(request, request.interface, adapters, adapters.note)
  adapters.opened(first.interface.name)
  const again = () => reopen(request, first.interface.name, adapters, blind, signal)
  for (let live: LiveCapture | null = first; live !== null; live = await again()) {
    const gap = await watchThrough(live, { request, adapters, blind, signal })
    if (signal.aborted || gap === null) return
    blind.begin(gap)
  }
}

/** Null when it was stopped before. */
async function reopen(
  request: SegmentRequest,
  device: string,
  adapters: SegmentAdapters,
  blind: Blind,
  signal: AbortSignal,
): Promise<LiveCapture | null> {
  for (let attempts = 0; ; ) {
    await blind.window()
    await CLOCK.sleep(attempts === 0 ? LINK_MS : PAUSES[Math.min(attempts, PAUSES.length) - 1]!, signal)
    if (signal.aborted) return null
    if (!readLinkState(device).up) continue
    try {
      return await open(request, device, adapters, () => {})
    } catch (error) {
      if (!(error instanceof CannotLook)) throw error
      attempts += 1
    }
  }
}

function open(
  { capture, asks, interface: chosen }: SegmentRequest,
  device: string | undefined,
  { vips }: SegmentAdapters,
  note: (text: string) => void,
): Promise<LiveCapture> {
  const isChosen = chosen !== undefined
  return openLive({ ...capture, interface: device, isChosen, vips: vips(), sending: asks, lasts: true }, note)
}
