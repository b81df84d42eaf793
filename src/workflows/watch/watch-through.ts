import { readLinkState } from '../../capture/link-state.js'
import type { LiveCapture } from '../../capture/open-live.js'
import { readInterfaces } from '../../capture/this-host.js'
import type { Question } from '../../facts/question.js'
import { CannotLook, type Gap, known } from '../../known.js'
import type { ObserveOptions, WireFacts } from '../../observe/model.js'
import { Windows } from '../../observe/windows.js'
import type { Ask } from '../../probe/plan.js'
import { frameFor } from '../../probe/run.js'
import { WatchPlan, type WatchPlanOptions } from '../../probe/watch-plan.js'
import { CaptureFormatError } from '../../wire/capture-format.js'
import { CLOCK } from '../look-live.js'
import { boundGaps, heardBy, type Seen } from '../see.js'
import type { Blind } from './blind.js'
import type { SegmentAdapters, SegmentRequest } from './model.js'
import { OwnPlace } from './own.js'

/** How often the link is looked at, and the addresses of this machine, ms. */
const [LINK_MS, OWN_MS] = [1000, 10_000]
/** A window waits no longer than this for what is still open in it, ms. */
const MOST_OPEN_MS = 20_000
const TICK_MS = 100

export interface Through {
  readonly request: SegmentRequest
  readonly adapters: SegmentAdapters
  readonly blind: Blind
  readonly signal: AbortSignal
}

/** Watches through a capture that runs, until it is stopped (null), or ends for a reason that is returned. */
export async function watchThrough(live: LiveCapture, through: Through): Promise<Gap | null> {
  const one = new CaptureWatch(live, through)
  const parts = [one.read(), one.ask(), one.mind(), one.roll()].map((part) => part.finally(() => one.end(null)))
  const failed = (await Promise.allSettled(parts)).find((part) => part.status === 'rejected')
  await live.sender?.close()
  if (failed) throw failed.reason
  return one.reason
}

interface Circumstances {
  readonly own: Question['own']
  readonly isWhole: boolean
  readonly dropped: number | null
}

/** What goes on side by side while one capture runs. */
class CaptureWatch {
  /** Why it ended by itself. */
  reason: Gap | null = null
  private readonly live: LiveCapture
  private readonly through: Through
  private readonly over = new AbortController()
  private readonly stop: AbortSignal
  private readonly windows: Windows
  private readonly own: OwnPlace
  private readonly plan: WatchPlan
  private sent = 0
  /** By the capture that runs, since it began. */
  private dropped = 0

  constructor(live: LiveCapture, through: Through) {
    const { vips, serviceAddresses } = through.adapters
    this.live = live
    this.through = through
    this.stop = AbortSignal.any([through.signal, this.over.signal])
    this.windows = new Windows(this.observing())
    this.own = new OwnPlace(live, vips, serviceAddresses)
    this.plan = new WatchPlan(this.planning(), {
      responders: heardBy(this.windows),
      broadcastsAnswered: (vip) =>
        new Map([...this.windows.answersFor(vip)].map(([mac, { broadcast }]) => [mac, broadcast])),
    })
  }

  end(reason: Gap | null): void {
    this.reason ??= reason
    this.over.abort()
    this.live.source.stop()
  }

  async read(): Promise<void> {
    try {
      for await (const chunk of this.live.source.bytes(this.windows.buffer)) this.windows.push(chunk)
      if (!this.stop.aborted) this.end(this.gap('it ended'))
    } catch (error) {
      if (error instanceof CannotLook) this.end(error.gap)
      else if (error instanceof CaptureFormatError) this.end(this.gap(error.message))
      else throw error
    }
  }

  async ask(): Promise<void> {
    while (!this.stop.aborted) {
      const step = this.plan.next(CLOCK.now())
      if (step.step === 'send') this.send(step.ask)
      else await CLOCK.sleep(Math.min(step.ms, LINK_MS), this.stop)
    }
  }

  /** A link that went down need not end a capture, and without it nothing is seen. */
  async mind(): Promise<void> {
    const { name, index } = this.live.interface
    for (let at = 0; !this.stop.aborted; at += LINK_MS) {
      const link = await readLinkState(name)
      if (link.index !== index) return this.end(this.gap('the interface has gone'))
      if (!link.up) return this.end(this.gap('the link is down'))
      if (at === 0) this.through.blind.end(this.live)
      if (at % OWN_MS === 0) this.own.refresh(await readInterfaces())
      await CLOCK.sleep(LINK_MS, this.stop)
    }
  }

  async roll(): Promise<void> {
    const { adapters, request } = this.through
    while (!this.stop.aborted) {
      const [startedAt, vips, interruptions] = [
        adapters.now().toISOString(),
        adapters.vips(),
        await this.live.interruptions(),
      ]
      await CLOCK.sleep(Math.max(request.pace.windowMs, this.plan.roundMs), this.stop)
      await this.settle()
      this.own.refresh(await readInterfaces()) // an address of the last moments: whoever held it before is silent already
      if (this.stop.aborted) return
      const own = this.own.question()
      const { wire, sent } = this.turn()
      const dropped = await this.countDropped()
      if (sent > 0 && !seesOurs(wire, this.own.asking.mac)) return this.end(this.sendsUnseen(sent))
      const isWhole = (await this.live.interruptions()) === interruptions
      await adapters.window({
        startedAt,
        vips,
        seen: this.seen(wire, { own, isWhole, dropped }),
        asked: request.asks,
        isWhole,
      })
    }
  }

  private send(ask: Ask): void {
    const frame = ask.mode === 'probe' || this.own.canAsk(ask.vip) ? frameFor(ask, this.own.asking) : null
    if (frame === null || this.live.sender === null) return
    this.live.sender.send(frame)
    this.sent += 1
  }

  /** Begins nothing more, and waits for what is open. */
  private async settle(): Promise<void> {
    this.plan.pause()
    for (let open = 0; !this.stop.aborted && open < MOST_OPEN_MS; open += TICK_MS) {
      if (this.plan.isQuiet(CLOCK.now())) return
      await CLOCK.sleep(TICK_MS, this.stop)
    }
  }

  /** Turns to the next window. */
  private turn(): { readonly wire: WireFacts; readonly sent: number } {
    const ended = { wire: this.windows.roll(this.observing()), sent: this.sent }
    this.sent = 0
    this.own.beginWindow()
    this.plan.change(this.planning())
    this.plan.resume()
    return ended
  }

  /** In this window; null where the engine does not tell while it runs. */
  private async countDropped(): Promise<number | null> {
    const now = (await this.live.source.countDropped?.()) ?? null
    if (now === null) return null
    const before = this.dropped
    this.dropped = now
    return now < before ? now : now - before
  }

  private seen(wire: WireFacts, { own, isWhole, dropped }: Circumstances): Seen {
    const { source, promiscuityChanged, interface: device } = this.live
    const { clock } = source.conditions()
    return {
      look: { source, own, work: null, conditions: () => ({ clock, dropped, promiscuityChanged }) },
      wire: known(wire, device.name),
      owners: [],
      doubts: isWhole ? [] : [this.gap('the link or its capture broke off in this window')],
      gaps: boundGaps(wire, device.name),
    }
  }

  private observing(): ObserveOptions {
    return { asked: this.through.adapters.vips(), allAddresses: false }
  }

  private planning(): WatchPlanOptions {
    const { pace, asks } = this.through.request
    return {
      vips: asks ? this.through.adapters.vips() : [],
      framesPerSecond: pace.framesPerSecond,
      intervalMs: pace.intervalMs,
      canAsk: (ip) => this.own.canAsk(ip),
      isOwn: (ip) => this.own.isOwn(ip),
    }
  }

  private gap(reason: string): Gap {
    const { name } = this.live.interface
    return { subject: `capture on ${name}`, reason, hint: `look at the link of ${name}` }
  }

  private sendsUnseen(sent: number): Gap {
    return this.gap(`none of ${sent} requests that were sent was seen on the interface`)
  }
}

/** Our own requests pass our capture: where none did, either that or the sender is dead. */
function seesOurs({ addresses }: WireFacts, mac: number): boolean {
  return addresses.some(({ exchanges }) => exchanges.some(({ asker }) => asker === mac))
}
