import { describe, expect, it } from 'vitest'
import type { Ask } from '../../src/probe/plan.js'
import { WatchPlan, type WatchPlanOptions } from '../../src/probe/watch-plan.js'
import type { Ip } from '../../src/wire/ip.js'
import type { Mac } from '../../src/wire/mac.js'

const VIP = 0x0a4d00f0
const [OWNER, OTHER] = [0x020000000011, 0x020000000012]
const options: WatchPlanOptions = {
  vips: [VIP],
  framesPerSecond: 10,
  intervalMs: 10_000,
  canAsk: () => true,
  isOwn: () => false,
}

interface Sent extends Ask {
  readonly at: number
}

/** A watch on a clock of its own; `answering` says who answers a broadcast at that time, with the first probe included. */
class Play {
  readonly sent: Sent[] = []
  now = 0
  readonly plan: WatchPlan
  private answers = new Map<Ip, Map<Mac, number>>()

  constructor(given: Partial<WatchPlanOptions>, answering: (vip: Ip, at: number) => readonly Mac[]) {
    const of = (vip: Ip) => this.answers.get(vip) ?? new Map<Mac, number>()
    this.plan = new WatchPlan(
      { ...options, ...given },
      {
        responders: (vip) => [...of(vip).keys()].map((mac) => ({ mac, answeredProbe: true })),
        broadcastsAnswered: (vip) => new Map(of(vip)),
      },
    )
    this.answering = answering
  }
  private readonly answering: (vip: Ip, at: number) => readonly Mac[]

  until(end: number): this {
    while (this.now < end) {
      const step = this.plan.next(this.now)
      if (step.step === 'wait') this.now += step.ms
      else {
        this.sent.push({ ...step.ask, at: this.now })
        if (step.ask.mode === 'broadcast') this.hear(step.ask.vip)
      }
    }
    return this
  }

  rollWindow(): void {
    this.plan.pause()
    while (!this.plan.isQuiet(this.now)) this.until(this.now + 50)
    this.answers = new Map()
    this.plan.resume()
  }

  private hear(vip: Ip): void {
    const all = this.answers.get(vip) ?? new Map<Mac, number>()
    this.answers.set(vip, all)
    for (const mac of this.answering(vip, this.now)) all.set(mac, (all.get(mac) ?? 0) + 1)
  }
}

const modes = (sent: readonly Sent[]) => sent.map(({ mode }) => mode)
const within = (sent: readonly Sent[], from: number, to: number) => sent.filter(({ at }) => at >= from && at < to)

describe('WatchPlan', () => {
  it('asks by one broadcast an interval as long as the same host alone answers, and by nothing else', () => {
    const { sent } = new Play({}, () => [OWNER]).until(59_000)
    expect(sent.map(({ at }) => Math.round(at / 1000))).toEqual([0, 10, 20, 30, 40, 50])
    expect(new Set(modes(sent))).toEqual(new Set(['broadcast']))
  })

  it.each([
    ['a second host answers', [OWNER, OTHER], [OWNER, OTHER]],
    ['another host answers', [OTHER], [OWNER, OTHER]],
    ['nobody answers any more', [], [OWNER]],
  ])('asks again, and each host that is concerned, when %s', (_, later, asked) => {
    const { sent } = new Play({}, (_, at) => (at < 15_000 ? [OWNER] : later)).until(29_000)
    const again = within(sent, 20_500, 29_000)
    expect(modes(again).filter((mode) => mode === 'broadcast')).toHaveLength(4)
    expect(new Set(again.flatMap(({ to }) => to ?? []))).toEqual(new Set(asked))
  })

  it('asks again at first where nobody answers or several do, and then takes that as usual', () => {
    for (const answering of [[], [OWNER, OTHER]]) {
      const { sent } = new Play({}, () => answering).until(59_000)
      expect(modes(within(sent, 500, 9_500)).filter((mode) => mode === 'broadcast')).toHaveLength(4)
      expect(within(sent, 9_500, 59_000)).toHaveLength(5)
    }
  })

  it('asks again at most once in a window, however often the answers change', () => {
    const play = new Play({}, (_, at) => (Math.floor(at / 10_000) % 2 === 0 ? [OWNER] : [OTHER]))
    const again = () => play.sent.filter(({ mode }) => mode === 'unicast').length
    play.until(59_000)
    const [first] = [again()]
    expect(first).toBeGreaterThan(0)
    play.rollWindow()
    play.until(play.now + 59_000)
    expect(again()).toBe(2 * first)
  })

  it('takes no longer than ten minutes for a round of 5,000 addresses at ten frames a second, though all of them change', () => {
    const vips = Array.from({ length: 5000 }, (_, at) => 0x0a000000 + at)
    const play = new Play({ vips }, () => [])
    expect(play.plan.roundMs).toBeLessThanOrEqual(600_000)
    const { sent } = play.until(601_000)
    expect(new Set(sent.slice(0, 6010).map(({ vip }) => vip)).size).toBe(5000)
    expect(sent.length).toBeLessThanOrEqual(6011)
  })

  it('never exceeds its pace, confirmations included', () => {
    const vips = Array.from({ length: 40 }, (_, at) => 0x0a000000 + at)
    const { sent } = new Play({ vips }, (_, at) => (at < 20_000 ? [OWNER] : [OWNER, OTHER])).until(60_000)
    const gaps = sent.slice(1).map(({ at }, index) => at - sent[index]!.at)
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(100)
  })

  it('ends a window only when nothing is open, and then begins nothing', () => {
    const play = new Play({}, (_, at) => (at < 5000 ? [OWNER] : [OWNER, OTHER])).until(11_100)
    play.plan.pause()
    expect(play.plan.isQuiet(play.now)).toBe(false)
    while (!play.plan.isQuiet(play.now)) play.until(play.now + 50)
    const { length } = play.sent
    play.until(60_000)
    expect(play.sent).toHaveLength(length)
  })

  it('sends nothing for an address that no request is safe for', () => {
    expect(new Play({ canAsk: () => false }, () => []).until(60_000).sent).toEqual([])
  })

  it('does not take its own silence for news where this machine holds the address', () => {
    const { sent } = new Play({ isOwn: () => true }, () => []).until(29_000)
    expect(sent.map(({ mode }) => mode)).toEqual(['broadcast', 'broadcast', 'broadcast'])
  })

  it('forgets what is no longer watched, and asks for what is new', () => {
    const play = new Play({}, () => [OWNER]).until(15_000)
    play.plan.change({ ...options, vips: [VIP + 1] })
    play.until(45_000)
    expect(new Set(within(play.sent, 15_000, 45_000).map(({ vip }) => vip))).toEqual(new Set([VIP + 1]))
  })
})
