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
  lateMs: 0,
  canAsk: () => true,
  isOwn: () => false,
}

interface Sent extends Ask {
  readonly at: number
}

const NO_ANSWERS = { broadcast: 0, unicast: 0, probe: 0 }

/** A watch on a clock of its own; `answering` says who answers a request at that time, `answersProbes` whether it answers a probe too. */
class Play {
  readonly sent: Sent[] = []
  now = 0
  /** How often the plan was asked what to do. */
  steps = 0
  readonly plan: WatchPlan
  private answers = new Map<Ip, Map<Mac, typeof NO_ANSWERS>>()

  constructor(
    given: Partial<WatchPlanOptions>,
    answering: (vip: Ip, at: number) => readonly Mac[],
    answersProbes = true,
  ) {
    const of = (vip: Ip) => this.answers.get(vip) ?? new Map<Mac, typeof NO_ANSWERS>()
    this.plan = new WatchPlan(
      { ...options, ...given },
      {
        responders: (vip) =>
          [...of(vip)].map(([mac, { broadcast, unicast, probe }]) => ({
            mac,
            answeredProbe: probe > 0,
            answers: broadcast + unicast,
          })),
        answers: (vip) => new Map(of(vip)),
      },
    )
    this.answering = answering
    this.answersProbes = answersProbes
  }
  private readonly answering: (vip: Ip, at: number) => readonly Mac[]
  private readonly answersProbes: boolean

  until(end: number): this {
    while (this.now < end) {
      const step = this.plan.next(this.now)
      this.steps += 1
      if (step.step === 'wait') this.now += step.ms
      else {
        this.sent.push({ ...step.ask, at: this.now })
        this.hear(step.ask)
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

  private hear({ vip, mode, to }: Ask): void {
    if (mode === 'probe' && !this.answersProbes) return
    const all = this.answers.get(vip) ?? new Map<Mac, typeof NO_ANSWERS>()
    this.answers.set(vip, all)
    for (const mac of this.answering(vip, this.now).filter((one) => (to ?? one) === one)) {
      const before = all.get(mac) ?? NO_ANSWERS
      all.set(mac, { ...before, [mode]: before[mode] + 1 })
    }
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

  it.each([15_000, 21_150, 21_350])(
    'probes nobody for an address whose owner fell silent after %i ms: another host may be about to take it',
    (silentFrom) => {
      const answering = (_: Ip, at: number) => (at >= silentFrom ? [] : at < 15_000 ? [OWNER] : [OWNER, OTHER])
      const since = within(new Play({}, answering, false).until(29_000).sent, silentFrom, 29_000)
      expect(modes(since).filter((mode) => mode !== 'probe').length).toBeGreaterThan(2)
      expect(modes(since)).not.toContain('probe')
    },
  )

  it('probes who has just answered a broadcast, and at last who has answered a request to it alone', () => {
    const { sent } = new Play({}, (_, at) => (at < 15_000 ? [OWNER] : [OTHER]), false).until(29_000)
    const probes = within(sent, 20_500, 29_000).filter(({ mode }) => mode === 'probe')
    expect(probes.map(({ to }) => to)).toEqual([null, null, null, OTHER, OTHER])
    expect(modes(within(sent, 20_500, 29_000)).lastIndexOf('unicast')).toBeGreaterThan(0)
  })

  it('does not probe for an address that it can no longer ask for', () => {
    let canAsk = true
    const play = new Play({ canAsk: () => canAsk }, (_, at) => (at < 15_000 ? [OWNER] : []), false).until(20_500)
    canAsk = false
    expect(within(play.until(29_000).sent, 20_500, 29_000)).toEqual([])
  })

  it.each([
    ['without an address', {}],
    ['without an address that is safe to ask for', { canAsk: () => false, vips: [VIP] }],
  ])('sleeps %s', (_, given) => {
    const play = new Play({ vips: [], ...given }, () => []).until(60_000)
    expect(play.steps).toBeLessThan(130)
    play.plan.change({ ...options, vips: [VIP] })
    expect(play.until(62_000).sent).not.toEqual([])
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

  it('sends broadcasts five at a time, and wakes up for nothing else, where the next ones are always near', () => {
    const vips = Array.from({ length: 500 }, (_, at) => 0x0a000000 + at)
    const play = new Play({ vips }, () => [OWNER]).until(60_000)
    expect(play.sent.length).toBeGreaterThan(490)
    expect(new Set(play.sent.map(({ at }) => at)).size).toBe(Math.ceil(play.sent.length / 5))
    expect(play.steps - play.sent.length).toBeLessThanOrEqual(play.sent.length / 5 + 2)
  })

  it('gives an answer that comes late, and is heard later still, its time before it asks each host', () => {
    const firstUnicast = (lateMs: number) => {
      const { sent } = new Play({ lateMs }, (_, at) => (at < 15_000 ? [OWNER] : [OTHER])).until(29_000)
      return sent.find(({ mode }) => mode === 'unicast')!.at
    }
    expect(firstUnicast(100) - firstUnicast(0)).toBeCloseTo(100)
  })

  it('says of a window in which it was held up that addresses are left, until each was asked', () => {
    const vips = Array.from({ length: 40 }, (_, at) => VIP + at)
    const play = new Play({ vips, intervalMs: 1000 }, () => [OWNER])
    play.until(2500)
    play.now += 2000 // nobody called it
    play.until(play.plan.roundMs)
    expect([play.plan.isRoundAsked, new Set(play.sent.map(({ vip }) => vip)).size < 40]).toEqual([false, true])
    while (!play.plan.isRoundAsked) play.until(play.now + 100)
    expect(new Set(play.sent.map(({ vip }) => vip)).size).toBe(40)
    play.plan.resume()
    expect(play.plan.isRoundAsked).toBe(false)
  })

  it('never exceeds its pace, confirmations included', () => {
    const vips = Array.from({ length: 40 }, (_, at) => 0x0a000000 + at)
    const { sent } = new Play({ vips }, (_, at) => (at < 20_000 ? [OWNER] : [OWNER, OTHER])).until(60_000)
    const overTen = sent.slice(10).map(({ at }, index) => at - sent[index]!.at)
    expect(Math.min(...overTen)).toBeGreaterThanOrEqual(1000)
    const confirming = sent.flatMap(({ mode, at }, index) => (mode === 'broadcast' ? [] : at - sent[index - 1]!.at))
    expect(Math.min(...confirming)).toBeGreaterThanOrEqual(100)
  })

  it('sends less than a frame a second where it may, and knows when all of it is heard', () => {
    const play = new Play({ vips: [VIP, VIP + 1], framesPerSecond: 0.4, intervalMs: 1000 }, () => [OWNER]).until(60_000)
    const gaps = play.sent.slice(1).map(({ at }, index) => at - play.sent[index]!.at)
    expect([gaps.length > 10, Math.min(...gaps) >= 2500]).toEqual([true, true])
    play.plan.pause()
    const last = play.sent.at(-1)!.at
    expect(play.plan.isQuiet(last + 1)).toBe(false)
    play.until(last + 5000)
    expect([play.plan.isQuiet(play.now), play.sent.at(-1)!.at]).toEqual([true, last])
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
