import { describe, expect, it } from 'vitest'
import { type Ask, estimateSeconds, LISTEN_MS, type PlanOptions, ProbePlan } from '../../src/probe/plan.js'
import type { Advertised, Responder } from '../../src/probe/responder.js'
import { type Ip, parseIp } from '../../src/wire/ip.js'

const VIP = 0x0a4d00f0
const [OWNER, PROXY] = [0x020000000011, 0x020000000012]
const options: PlanOptions = { vips: [VIP], rounds: 5, intervalMs: 200, framesPerSecond: 10, forMs: null, suspects: [] }

interface Sent extends Ask {
  readonly at: number
}

/** Runs a plan on a clock of its own; `heard` sees what was sent so far and the time. */
function play(
  given: Partial<PlanOptions>,
  heard: (vip: Ip, sent: readonly Sent[], now: number) => Responder[] = () => [],
) {
  const sent: Sent[] = []
  let now = 5000
  const plan = new ProbePlan({ ...options, ...given }, (vip) => heard(vip, sent, now - 5000))
  for (;;) {
    const step = plan.next(now)
    if (step.step === 'done') return { sent, tookMs: now - 5000 }
    if (step.step === 'send') sent.push({ ...step.ask, at: now - 5000 })
    else now += step.ms
  }
}

const owner = { mac: OWNER, answeredProbe: true }
const at = (sent: readonly Sent[], mode: Ask['mode']) => sent.filter((ask) => ask.mode === mode).map((ask) => ask.at)

describe('ProbePlan', () => {
  it('asks an owner five times, probes once, then once by unicast, all within two seconds', () => {
    const probed = (sent: readonly Sent[]) => sent.some(({ mode }) => mode === 'probe')
    const { sent, tookMs } = play({}, (_, sent) => [{ mac: OWNER, answeredProbe: probed(sent) }])
    expect(at(sent, 'broadcast')).toEqual([0, 200, 400, 600, 800])
    expect(at(sent, 'probe')).toEqual([100])
    expect(sent.filter(({ mode }) => mode === 'unicast')).toEqual([{ at: 1650, vip: VIP, mode: 'unicast', to: OWNER }])
    expect(tookMs).toBeLessThan(2000)
  })

  it('listens for a second after the last broadcast', () => {
    const { sent, tookMs } = play({})
    expect(tookMs - Math.max(...at(sent, 'broadcast'))).toBeGreaterThanOrEqual(LISTEN_MS)
  })

  it('repeats the probe until every responder has answered one, last to that host alone', () => {
    const late = { mac: PROXY, answeredProbe: false }
    const { sent } = play({}, (_, __, now) => (now < 1500 ? [owner] : [owner, late]))
    expect(sent.filter(({ to }) => to === PROXY).map(({ mode }) => mode)).toEqual(['unicast', 'probe', 'probe'])
    expect(at(play({}, () => [late]).sent, 'probe')).toHaveLength(6)
  })

  it('asks neighbours once by broadcast, before the addresses in doubt', () => {
    const { sent } = play({ neighbours: [1, 2] }, () => [owner])
    expect(sent.slice(0, 3).map(({ vip, mode }) => [vip, mode])).toEqual([
      [1, 'broadcast'],
      [2, 'broadcast'],
      [VIP, 'broadcast'],
    ])
    expect(sent.filter(({ vip }) => vip !== VIP)).toHaveLength(2)
  })

  it('asks a bystander once by unicast, and one that answered before not twice', () => {
    const { sent } = play({ bystanders: [OWNER, PROXY] }, () => [owner])
    expect(sent.filter(({ to }) => to !== null).map(({ mode, to }) => [mode, to])).toEqual([
      ['unicast', OWNER],
      ['unicast', PROXY],
    ])
  })

  it('asks a suspect by unicast though it never answered', () => {
    const { sent } = play({ suspects: [OWNER] })
    expect(sent.filter(({ to }) => to === OWNER).map(({ mode }) => mode)).toEqual(['unicast'])
  })

  it('never sends more frames a second than allowed, over all addresses', () => {
    const vips = Array.from({ length: 50 }, (_, n) => VIP + n)
    const { sent } = play({ vips, framesPerSecond: 40, rounds: 2 }, () => [owner])
    const times = sent.map((ask) => ask.at)
    for (const [n, time] of times.entries()) {
      expect(
        times.filter((other) => other >= time && other < time + 1000).length,
        `from frame ${n}`,
      ).toBeLessThanOrEqual(40)
    }
    expect(sent).toHaveLength(50 * (2 + 1))
  })

  it('keeps a high rate although timers are coarse, and a low one never makes up for delays', () => {
    const vips = Array.from({ length: 1000 }, (_, n) => VIP + n)
    const took = (framesPerSecond: number, lateMs: number) => {
      const plan = new ProbePlan({ ...options, vips, rounds: 1, framesPerSecond }, () => [])
      const times: number[] = []
      for (let now = 0; times.length < 1000; ) {
        const step = plan.next(now)
        if (step.step === 'send') times.push(now)
        if (step.step === 'wait') now += step.ms + lateMs
      }
      return times
    }
    expect(took(500, 1.5).at(-1)).toBeLessThan(2050)
    const slow = took(10, 30)
    expect(Math.min(...slow.slice(1).map((time, n) => time - slow[n]!))).toBeGreaterThanOrEqual(100)
  })

  it('takes the addresses in turns', () => {
    const vips = [VIP, VIP + 1, VIP + 2]
    const { sent } = play({ vips, framesPerSecond: 1000, rounds: 2 })
    expect(sent.slice(0, 3).map(({ vip }) => vip)).toEqual(vips)
    expect(sent.filter(({ mode }) => mode === 'broadcast').map(({ vip }) => vip)).toEqual([...vips, ...vips])
  })

  it('sends no probe to an address that has answered no request', () => {
    expect(at(play({}).sent, 'probe')).toEqual([])
    const { sent } = play({ suspects: [OWNER, PROXY] })
    expect(sent.map(({ mode }) => mode)).toEqual([...Array(5).fill('broadcast'), 'unicast', 'unicast'])
  })

  it('probes from the first answer on', () => {
    const late = { mac: PROXY, answeredProbe: false }
    const { sent } = play({}, (_, __, now) => (now < 450 ? [] : [late]))
    expect(at(sent, 'probe').slice(0, 2)).toEqual([500, 700])
  })

  it('lets a suspect that answers a unicast alone prove itself', () => {
    const deaf = { mac: OWNER, answeredProbe: false }
    const heard = (_: Ip, asked: readonly Sent[]) => (asked.some(({ to }) => to === OWNER) ? [deaf] : [])
    const { sent } = play({ suspects: [OWNER, PROXY] }, heard)
    expect(sent.slice(5).map(({ mode, to }) => [mode, to])).toEqual([
      ['unicast', OWNER],
      ['unicast', PROXY],
      ['probe', OWNER],
      ['probe', OWNER],
    ])
  })

  it('sends one probe and nothing else where it cannot ask, also to a neighbour', () => {
    const { sent } = play({ neighbours: [1], vips: [VIP, VIP + 1], canAsk: (ip) => ip === VIP + 1 }, () => [owner])
    expect(sent.filter(({ vip }) => vip !== VIP + 1).map(({ vip, mode, to }) => [vip, mode, to])).toEqual([
      [1, 'probe', null],
      [VIP, 'probe', null],
    ])
    expect(sent.filter(({ vip, mode }) => vip === VIP + 1 && mode === 'broadcast')).toHaveLength(5)
  })

  it('fills a given duration and ends with it', () => {
    const { sent, tookMs } = play({ forMs: 10_000, rounds: Number.POSITIVE_INFINITY, intervalMs: 1000 }, () => [owner])
    expect(tookMs).toBe(10_000)
    expect(at(sent, 'broadcast')).toHaveLength(9)
    expect(at(sent, 'unicast')).toHaveLength(1)
  })

  it('asks at least once however short the duration', () => {
    expect(at(play({ forMs: 100, rounds: Number.POSITIVE_INFINITY }).sent, 'broadcast')).toEqual([0])
  })

  it('estimates its own length', () => {
    const vips = Array.from({ length: 1022 }, (_, n) => VIP + n)
    const sweep = { vips, rounds: 1, framesPerSecond: 500 }
    const played = play(sweep).tookMs / 1000
    expect(Math.abs(estimateSeconds({ ...options, ...sweep }) - played)).toBeLessThan(1)
  })
})

describe('ProbePlan for an IPv6 address', () => {
  const SIX = parseIp('fd77::240')!
  const SLOW = 0x020000000013
  const asked = { vips: [SIX], rounds: 4 }
  const modes = (sent: readonly Sent[], to: number) => sent.filter((ask) => ask.to === to).map(({ mode }) => mode)
  const requests = (sent: readonly Sent[]) => sent.filter(({ mode }) => mode !== 'probe').length
  const HOLDER = { answeredGroup: true, answeredUnicast: true, overrides: true }
  const ANNOUNCER = { answeredGroup: true, answeredUnicast: false, overrides: false }
  const one = (mac: number, advertised: Advertised): Responder => ({ mac, answeredProbe: false, advertised })
  const once =
    (...heard: Responder[]) =>
    (_: Ip, sent: readonly Sent[]) =>
      requests(sent) === 0 ? [] : heard

  it('asks its group from one address and the other, then who answers alone', () => {
    const { sent } = play(asked, once(one(OWNER, HOLDER)))
    expect(sent.map(({ mode, to, turn }) => [mode, to, turn])).toEqual([
      ['broadcast', null, 0],
      ['broadcast', null, 1],
      ['broadcast', null, 2],
      ['broadcast', null, 3],
      ['unicast', OWNER, 0],
    ])
  })

  it('sends nothing from :: where nobody answered, and nothing at all where no sender is safe', () => {
    expect(play(asked).sent.map(({ mode }) => mode)).toEqual(Array(4).fill('broadcast'))
    expect(play({ ...asked, canAsk: () => false, neighbours: [parseIp('fd77::11')!] }).sent).toEqual([])
  })

  it('sends nothing from :: to a holder, which would correct all neighbour tables, nor about an address of this machine', () => {
    const { sent } = play({ ...asked, rounds: 30 }, once(one(OWNER, HOLDER), one(PROXY, HOLDER)))
    expect(at(sent, 'probe')).toEqual([])
    const own = play({ ...asked, rounds: 30, isOwn: () => true }, once(one(SLOW, ANNOUNCER)))
    expect(at(own.sent, 'probe')).toEqual([])
  })

  it('asks who never overrides from ::, to it alone, only when a detection would be over, and by unicast twice', () => {
    const { sent } = play(asked, once(one(OWNER, HOLDER), one(SLOW, ANNOUNCER)))
    expect(modes(sent, SLOW)).toEqual(['unicast', 'unicast', 'probe', 'probe'])
    expect(at(sent, 'probe')).toHaveLength(2)
    expect(Math.min(...at(sent, 'probe'))).toBeGreaterThan(1200)
    const tardy = play(asked, (_, __, now) => (now < 1400 ? [] : [one(SLOW, ANNOUNCER)]))
    expect(modes(tardy.sent, SLOW)).toEqual(['unicast', 'unicast', 'probe', 'probe'])
    expect(Math.min(...at(tardy.sent, 'probe'))).toBeGreaterThanOrEqual(2600)
    const late = play({ ...asked, rounds: 30 }, (_, __, now) => (now < 2000 ? [] : [one(SLOW, ANNOUNCER)]))
    expect(Math.min(...at(late.sent, 'probe'))).toBeGreaterThanOrEqual(3200)
    expect(at(late.sent, 'probe')).toHaveLength(2)
  })

  it('asks a host that no request to the group reaches by the group in a frame of its own', () => {
    const { sent } = play({ ...asked, suspects: [OWNER] }, (_, all) =>
      all.some(({ to }) => to === OWNER)
        ? [one(OWNER, { ...ANNOUNCER, answeredGroup: false, answeredUnicast: true })]
        : [],
    )
    const direct = sent.filter(({ to }) => to === OWNER).map(({ mode, byGroup, turn }) => [mode, byGroup, turn])
    expect(direct).toEqual([
      ['unicast', true, 0],
      ['unicast', true, 1],
    ])
  })

  it('asks hosts that were never heard through the group of the address', () => {
    const { sent } = play({ ...asked, suspects: [PROXY] }, once(one(OWNER, HOLDER)))
    const direct = sent.filter(({ mode }) => mode === 'unicast').map(({ to, byGroup }) => [to, byGroup])
    expect(direct).toEqual([
      [PROXY, true],
      [OWNER, false],
    ])
  })

  it('with no rounds left asks those alone who were heard before, and probes nobody who never answered', () => {
    const { sent } = play({ rounds: 0 }, (vip) => (vip === VIP ? [owner, { mac: PROXY, answeredProbe: false }] : []))
    expect(sent.map(({ mode, to }) => [mode, to])).toEqual([
      ['unicast', OWNER],
      ['unicast', PROXY],
      ['probe', PROXY],
      ['probe', PROXY],
    ])
    expect(play({ rounds: 0, canAsk: () => false }).sent).toEqual([])
  })
})
