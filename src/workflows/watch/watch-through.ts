import { abortEither } from '../../abort-either.js'
import { readLinkState } from '../../capture/link-state.js'
import { type LiveCapture, LULL_MS } from '../../capture/open-live.js'
import { addressesInUse, readInterfaces } from '../../capture/this-host.js'
import type { Question } from '../../facts/question.js'
import { CannotLook, type Gap, known } from '../../known.js'
import type { ObserveOptions, WireFacts } from '../../observe/model.js'
import { Windows } from '../../observe/windows.js'
import type { Ask } from '../../probe/plan.js'
import { frameFor } from '../../probe/run.js'
import { WatchPlan, type WatchPlanOptions } from '../../probe/watch-plan.js'
import { CaptureFormatError } from '../../wire/capture-format.js'
import type { Ip } from '../../wire/ip.js'
import { CLOCK } from '../look-live.js'
import { boundGaps, heardBy, type Seen } from '../see.js'
import type { Blind } from './blind.js'
import { agoIso } from './clock-steps.js'
import { CutOff } from './cut-off.js'
import { gapOn, sendsUnseen, windowDoubts } from './gaps.js'
import type { SegmentAdapters, SegmentRequest } from './model.js'
import { NodeAsking } from './node-asking.js'
import { OwnPlace } from './own.js'
import { isMore, isNothing, isOf, type Part, shared } from './part.js'
import { untilNextSecond } from './seconds.js'
import { seesOurs } from './sees-ours.js'

/** How often the link is looked at, and the addresses of this machine, ms. */
const [LINK_MS, OWN_MS] = [1000, 10_000]
/** A window waits no longer than this for what is still open in it, ms. */
const MOST_OPEN_MS = 20_000
const TICK_MS = 100
/** From one look whether we are the one that asks to the next, ms. */
const LEAD_MS = 200

export interface Through {
  readonly request: SegmentRequest
  readonly adapters: SegmentAdapters
  readonly blind: Blind
  readonly signal: AbortSignal
}

/** Watches through a capture that runs, until it is stopped (null), or ends for a reason that is returned. */
export async function watchThrough(live: LiveCapture, through: Through): Promise<Gap | null> {
  const one = new CaptureWatch(live, through)
  const parts = [one.read(), one.ask(), one.askNodes(), one.mind(), one.roll()].map((part) =>
    part.finally(() => one.end(null)),
  )
  const failures = (await Promise.allSettled(parts)).flatMap((part) =>
    part.status === 'rejected' ? [part.reason] : [],
  )
  await live.sender?.close()
  const bug = failures.find((failure) => !(failure instanceof CannotLook))
  if (bug !== undefined) throw bug
  return failures[0]?.gap ?? one.reason
}

interface Circumstances {
  readonly own: Question['own']
  /** The link and the capture were there all the while. */
  readonly isUnbroken: boolean
  readonly isCutOff: boolean
  readonly dropped: number | null
}

/** What holds for a window from its begin on. */
interface Begun {
  readonly number: number
  /** ms of a clock that only goes forward. */
  readonly at: number
  readonly vips: readonly Ip[]
  /** Of the capture, shortly before. */
  readonly interruptions: number
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
  private readonly nodes: NodeAsking
  private readonly cutOff: CutOff
  private sent = 0
  /** From the begin of the window on; who listens for a part of it cannot call anybody silent. */
  private askedAll: Part = 'all'
  private beganToAsk = new AbortController()
  /** By the capture that runs, since it began. */
  private dropped = 0

  constructor(live: LiveCapture, through: Through) {
    const { vips, serviceAddresses } = through.adapters
    this.live = live
    this.through = through
    this.stop = AbortSignal.any([through.signal, this.over.signal])
    this.windows = new Windows(this.observing())
    const isAnywhere = () => !through.request.holdsAll || through.adapters.isAnywhere()
    this.own = new OwnPlace(live, vips, serviceAddresses, isAnywhere)
    this.nodes = new NodeAsking(
      live.sender,
      this.own,
      () => (this.part() === 'none' ? null : through.adapters.nodes),
      through.request.pace,
    )
    const { own, windows, nodes } = this
    this.cutOff = new CutOff({ device: live.interface.name, own, vips, windows, nodes })
    this.plan = new WatchPlan(this.planning(), {
      responders: heardBy(this.windows),
      answers: (vip) => this.windows.answersFor(vip),
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
      if (!this.stop.aborted) this.end(gapOn(this.live.interface.name, 'it ended'))
    } catch (error) {
      if (error instanceof CannotLook) this.end(error.gap)
      else if (error instanceof CaptureFormatError) this.end(gapOn(this.live.interface.name, error.message))
      else throw error
    }
  }

  async ask(): Promise<void> {
    for (let before = this.part(); !this.stop.aborted; ) {
      const part = this.part()
      if (part !== before) {
        this.plan.change(this.planning())
        if (isMore(part, before)) this.beganToAsk.abort()
        before = part
      }
      if (part === 'none') {
        await CLOCK.sleep(LEAD_MS, this.stop)
        continue
      }
      const step = this.plan.next(CLOCK.now())
      if (step.step === 'send') this.send(step.ask)
      else await CLOCK.sleep(Math.min(Math.ceil(step.ms), LINK_MS), this.stop) // a timer leaves fractions out
    }
  }

  /** What it may ask for, and nobody else does. */
  private part(): Part {
    const { request, adapters } = this.through
    const part = request.asks ? adapters.part() : 'none'
    this.askedAll = shared(this.askedAll, part)
    return part
  }

  askNodes(): Promise<void> {
    return this.nodes.ask(this.stop)
  }

  /** A link that went down need not end a capture, and without it nothing is seen. */
  async mind(): Promise<void> {
    const { name, index } = this.live.interface
    let inUse = ''
    for (let at = 0; !this.stop.aborted; at += LINK_MS) {
      const link = readLinkState(name)
      if (link.index !== index) return this.end(gapOn(this.live.interface.name, 'the interface has gone'))
      if (!link.up) return this.end(gapOn(this.live.interface.name, 'the link is down'))
      if (at === 0) this.through.blind.end(this.live)
      if (at % OWN_MS === 0) {
        const before = inUse
        inUse = addressesInUse()
        this.own.refresh(inUse === before ? undefined : await readInterfaces())
      }
      await untilNextSecond(this.stop)
    }
  }

  async roll(): Promise<void> {
    const { adapters, request } = this.through
    let begun = this.begin(await this.live.interruptions())
    while (!this.stop.aborted) {
      await this.listen(Math.max(request.pace.windowMs, this.plan.roundMs))
      // who was held up has addresses left; where nothing is asked for all the while, that makes no difference
      await this.waitFor(() => isNothing(this.askedAll) || this.plan.isRoundAsked)
      await this.settle()
      const isCutOff = this.plan.isAllSilent && (await this.cutOff.look(this.stop))
      this.own.refresh(await readInterfaces()) // an address of the last moments: whoever held it before is silent already
      const interruptions = await this.live.interruptions()
      if (this.stop.aborted) return
      const asked = shared(this.askedAll, this.part())
      this.askedAll = 'all'
      this.beganToAsk = new AbortController()
      const [own, { wire, sent }, { number, at, vips, ...ended }] = [this.questionOf(begun, asked), this.turn(), begun]
      const startedAt = agoIso(adapters.now(), CLOCK.now() - at)
      begun = this.begin(interruptions)
      const dropped = await this.countDropped()
      if (sent > 0 && !seesOurs(wire, this.own.asking.mac)) return this.end(sendsUnseen(this.live.interface.name, sent))
      // what broke off while it turned counts in both windows
      const isUnbroken = (await this.live.interruptions()) === ended.interruptions
      await adapters.window({
        number,
        startedAt,
        vips,
        unaskable: vips.filter((ip) => !this.own.canAsk(ip)),
        seen: this.seen(wire, { own, isUnbroken, isCutOff, dropped }),
        asked,
        isWhole: isUnbroken && !isCutOff && !dropped,
        isCutOff,
      })
    }
  }

  /** Until the window is over. One in which it begins to ask for more ends then: it can judge silence only where it asks all the while. */
  private async listen(ms: number): Promise<void> {
    await abortEither([this.stop, this.beganToAsk.signal], (ends) => CLOCK.sleep(ms, ends))
  }

  private begin(interruptions: number): Begun {
    const { vips, began } = this.through.adapters
    return { number: began(), at: CLOCK.now(), vips: vips(), interruptions }
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
    await this.waitFor(() => this.plan.isQuiet(CLOCK.now()))
  }

  private async waitFor(is: () => boolean): Promise<void> {
    for (let open = 0; !this.stop.aborted && open < MOST_OPEN_MS && !is(); open += TICK_MS)
      await CLOCK.sleep(TICK_MS, this.stop)
  }

  /** Turns to the next window. */
  private turn(): { readonly wire: WireFacts; readonly sent: number } {
    this.through.adapters.nodes.hear((ip) => this.windows.claimants(ip))
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

  private questionOf({ vips }: Begun, asked: Part): Question['own'] {
    const own = this.own.question()
    return typeof asked === 'string' ? own : { ...own, unasked: vips.filter((ip) => !asked.has(ip)) }
  }

  private seen(wire: WireFacts, { own, isUnbroken, isCutOff, dropped }: Circumstances): Seen {
    const { source, promiscuityChanged, interface: device } = this.live
    const { clock } = source.conditions()
    return {
      look: { source, own, work: null, conditions: () => ({ clock, dropped, promiscuityChanged }) },
      wire: known(wire, device.name),
      owners: this.through.adapters.nodes.owners(),
      doubts: windowDoubts(device.name, { isUnbroken, isCutOff }),
      gaps: boundGaps(wire, device.name),
    }
  }

  private observing(): ObserveOptions {
    return { asked: this.through.adapters.vips(), allAddresses: false }
  }

  private planning(): WatchPlanOptions {
    const { pace } = this.through.request
    const part = this.part()
    return {
      vips: this.through.adapters.vips().filter((ip) => isOf(part, ip)),
      framesPerSecond: pace.framesPerSecond - this.nodes.framesPerSecond,
      intervalMs: pace.intervalMs,
      lateMs: LULL_MS,
      canAsk: (ip) => this.own.canAsk(ip),
      isOwn: (ip) => this.own.isOwn(ip),
    }
  }
}
