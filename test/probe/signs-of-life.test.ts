import { describe, expect, it } from 'vitest'
import { type Ask, type PlanOptions, ProbePlan } from '../../src/probe/plan.js'
import type { Ip } from '../../src/wire/ip.js'

const VIP = 0x0a4d00f0
const HOST = 0x020000000011
const options: PlanOptions = { vips: [VIP], rounds: 5, intervalMs: 200, framesPerSecond: 10, forMs: null, suspects: [] }

interface Sent extends Ask {
  readonly at: number
}

/** A host that answers no probe; a request to it alone it answers at once, and the n-th broadcast after so long, until it falls silent. */
interface Host {
  readonly lateMs?: (n: number) => number
  readonly silentFrom?: number
}

function play({ lateMs = () => 1, silentFrom = Number.POSITIVE_INFINITY }: Host, given: Partial<PlanOptions> = {}) {
  const sent: Sent[] = []
  let now = 0
  const answered = (vip: Ip) => {
    const requests = sent.filter((one) => one.vip === vip && one.mode !== 'probe' && one.at < silentFrom)
    return requests.filter(({ at, mode }, n) => at + (mode === 'broadcast' ? lateMs(n) : 1) <= now).length
  }
  const plan = new ProbePlan({ ...options, ...given }, (vip) => {
    const answers = answered(vip)
    return answers === 0 ? [] : [{ mac: HOST, answeredProbe: false, answers }]
  })
  for (;;) {
    const step = plan.next(now)
    if (step.step === 'done') return { sent, tookMs: now }
    if (step.step === 'send') sent.push({ ...step.ask, at: now })
    else now += step.ms
  }
}

const probes = (sent: readonly Sent[]) => sent.filter(({ mode }) => mode === 'probe')

describe('a probe', () => {
  it.each([150, 250, 450, 700, 1000])(
    'is not sent once a host fell silent after %i ms: another may be about to take the address',
    (silentFrom) => {
      const { sent, tookMs } = play({ silentFrom })
      const lastAnswered = Math.max(...sent.filter(({ at }) => at < silentFrom).map(({ at }) => at))
      expect(probes(sent).filter(({ at }) => at > lastAnswered + 200)).toEqual([])
      expect(probes(sent).length).toBeGreaterThan(0)
      expect(tookMs).toBeLessThan(3000)
    },
  )

  it.each([
    ['a host that answers at once', 4, () => 1],
    ['a proxy that answers 0.45 s late', 2, () => 450],
    ['a proxy that answers when the last broadcast is out', 0, () => 800],
    ['a proxy that answers at random within 0.8 s', 2, (n: number) => [780, 120, 560, 790, 310][n % 5]!],
  ])('is sent to %s: %i at least between the broadcasts, and 2 after the request to it alone', (_, least, lateMs) => {
    const { sent } = play({ lateMs })
    const [toAll, alone] = [probes(sent).filter(({ to }) => to === null), probes(sent).filter(({ to }) => to === HOST)]
    expect(toAll.length).toBeGreaterThanOrEqual(least)
    expect(alone).toHaveLength(2)
  })

  it('follows the answer though many addresses wait for their turn', () => {
    const vips = Array.from({ length: 40 }, (_, n) => VIP + n)
    const { sent } = play({ lateMs: (n) => 300 + 100 * (n % 5) }, { vips, rounds: 3 })
    for (const vip of vips) {
      const of = sent.filter((one) => one.vip === vip)
      expect(probes(of).filter(({ to }) => to === HOST)).toHaveLength(2)
      expect(probes(of).filter(({ to }) => to === null).length).toBeGreaterThan(0)
      for (const { at } of probes(of)) {
        const before = of.filter((one) => one.mode !== 'probe' && one.at < at).map((one) => at - one.at)
        expect(Math.min(...before)).toBeLessThanOrEqual(1200)
      }
    }
  })
})
