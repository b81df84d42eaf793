import type { LiveCapture } from '../../capture/open-live.js'
import type { Gap } from '../../known.js'
import { NO_SERVICES } from '../../probe/asking.js'
import { type Change, NOTHING_YET, type WatchedWindow } from '../../watch/model.js'
import { remember } from '../../watch/remember.js'
import type { Note, Said } from '../../watch/say.js'
import { formatIp, type Ip } from '../../wire/ip.js'
import { type JudgeWindow, judgeWindow } from './judge-window.js'
import type { SeenWindow, SegmentRequest, Watched } from './model.js'
import { watchSegment } from './segment.js'

export interface WatchRequest {
  /** One for each interface. */
  readonly segments: readonly (SegmentRequest & { readonly isMine: (ip: Ip) => boolean })[]
}

export interface WatchAdapters extends JudgeWindow {
  readonly watched: () => Watched
  /** Log and history. */
  readonly say: (said: Said) => void
  /** Metrics. */
  readonly observed: (window: WatchedWindow) => void
  readonly vantage: (device: string, up: boolean) => void
  readonly note: (text: string) => void
}

/** More changes in one window are counted only: each of thousands of addresses may have changed. */
const MOST_SAID = 100

/** Watches all interfaces until it is stopped. Throws CannotLook where one of them cannot be watched from the start. */
export async function watch(request: WatchRequest, adapters: WatchAdapters, signal: AbortSignal): Promise<void> {
  const over = new AbortController()
  const stop = AbortSignal.any([signal, over.signal])
  await Promise.all(request.segments.map((segment) => watchOne(segment, adapters, stop).finally(() => over.abort())))
}

async function watchOne(
  segment: WatchRequest['segments'][number],
  adapters: WatchAdapters,
  signal: AbortSignal,
): Promise<void> {
  const { now, say, watched } = adapters
  let [memory, device] = [NOTHING_YET, segment.interface ?? '']
  const tell = (change: Change | Note) => say({ at: now().toISOString(), interface: device, change })
  const window = async (seen: SeenWindow) => {
    const report = await judgeWindow(seen, watched(), adapters, signal)
    if (signal.aborted) return
    const next = remember(memory, {
      endedAt: now().toISOString(),
      report,
      vips: new Set(seen.vips.map(formatIp)),
      isWhole: seen.isWhole,
    })
    memory = next.memory
    for (const change of next.changes.slice(0, MOST_SAID)) tell(change)
    const left = next.changes.length - MOST_SAID
    if (left > 0) tell({ event: 'not-listed', changes: left })
    adapters.observed({ interface: device, memory, report, asked: seen.asked })
  }
  await watchSegment(
    segment,
    {
      vips: () => watched().vips.filter(segment.isMine),
      serviceAddresses: () => servicesOf(watched()),
      window,
      up: (live: Pick<LiveCapture, 'interface' | 'source'>, downMs) => {
        device = live.interface.name
        adapters.vantage(device, true)
        tell({ event: 'vantage-up', engine: live.source.source.engine, downMs })
      },
      down: ({ reason }: Gap) => {
        adapters.vantage(device, false)
        tell({ event: 'vantage-down', reason })
      },
      note: adapters.note,
      now,
    },
    signal,
  )
}

function servicesOf({ context: { view } }: Watched) {
  return view?.known ? view.value.serviceAddresses : NO_SERVICES
}
