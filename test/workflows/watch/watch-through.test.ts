import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { LiveCapture } from '../../../src/capture/open-live.js'
import { readInterfaces } from '../../../src/capture/this-host.js'
import { Observer } from '../../../src/observe/observer.js'
import { NO_SERVICES } from '../../../src/probe/asking.js'
import { type Ip, parseIp } from '../../../src/wire/ip.js'
import { Blind } from '../../../src/workflows/watch/blind.js'
import type { SeenWindow, SegmentAdapters, SegmentRequest } from '../../../src/workflows/watch/model.js'
import type { Part } from '../../../src/workflows/watch/part.js'
import { seesOurs } from '../../../src/workflows/watch/sees-ours.js'
import { watchThrough } from '../../../src/workflows/watch/watch-through.js'
import { framesToPcap, traceToPcap } from '../../trace.js'

const [ONE, OTHER] = [0x0a0000f0, 0x0a0000f1]
const request: SegmentRequest = {
  capture: { engine: 'auto', env: {} },
  interface: 'lo',
  holdsAll: true,
  pace: { framesPerSecond: 10, intervalMs: 1000, windowMs: 50 },
  asks: false,
}

/** What a capture says of itself while it runs. */
class FakeCounters {
  dropped: number | null = 0
  interruptions = 0
}

/** A capture on the loopback interface of this machine, in which nothing is heard. */
async function fakeLive(counters: FakeCounters): Promise<LiveCapture> {
  const all = await readInterfaces()
  const over = new AbortController()
  return {
    source: {
      source: { kind: 'live', name: 'lo', engine: 'socket' },
      async *bytes() {
        yield framesToPcap([])
        await new Promise((resolve) => over.signal.addEventListener('abort', resolve, { once: true }))
      },
      stop: () => over.abort(),
      countDropped: async () => counters.dropped,
      conditions: () => ({ dropped: counters.dropped, clock: 'kernel' }),
    },
    sender: null,
    interface: all.find(({ name }) => name === 'lo')!,
    all,
    neighbours: [],
    promiscuityChanged: false,
    intrusive: null,
    interruptions: async () => counters.interruptions,
  }
}

/** Watches until `judge` has had so many windows; it hears each with the number of those before. */
async function windows(
  count: number,
  counters: FakeCounters,
  judge: (seen: SeenWindow, before: number) => Promise<void> | void,
  vips: () => readonly Ip[] = () => [ONE],
  more: Partial<SegmentRequest> & Partial<Pick<SegmentAdapters, 'part' | 'now'>> = {},
): Promise<{ readonly seen: readonly SeenWindow[]; readonly gap: Awaited<ReturnType<typeof watchThrough>> }> {
  const [over, seen] = [new AbortController(), [] as SeenWindow[]]
  let begun = 0
  const adapters: SegmentAdapters = {
    vips,
    serviceAddresses: () => NO_SERVICES,
    part: more.part ?? (() => 'all'),
    isAnywhere: () => false,
    nodes: { hear: () => {}, owners: () => [], unheard: () => [] },
    began: () => ++begun,
    window: async (one) => {
      await judge(one, seen.length)
      if (seen.push(one) === count) over.abort()
    },
    opened: () => {},
    up: () => {},
    down: () => {},
    note: () => {},
    now: more.now ?? (() => new Date()),
  }
  const through = { request: { ...request, ...more }, adapters, blind: new Blind(adapters, 50), signal: over.signal }
  return { gap: await watchThrough(await fakeLive(counters), through), seen }
}

const wholes = (seen: readonly SeenWindow[]) => seen.map(({ isWhole }) => isWhole)

describe('a window', () => {
  it('in which frames were dropped is not whole, and the next one is', async () => {
    const counters = new FakeCounters()
    const { seen } = await windows(3, counters, (_, before) => {
      if (before === 0) counters.dropped = 3
    })
    expect(wholes(seen)).toEqual([true, false, true])
    expect(seen.map(({ seen: { look } }) => look?.conditions().dropped)).toEqual([0, 3, 0])
  })

  it('names what it has no address to ask from, for which another watch is to ask', async () => {
    const six = parseIp('2001:db8::1')!
    const [{ unaskable }] = (
      await windows(
        1,
        new FakeCounters(),
        () => {},
        () => [ONE, six],
      )
    ).seen as [SeenWindow]
    expect(unaskable).toEqual([six])
  })

  it.each([
    [true, undefined],
    [false, [ONE]],
  ])(
    'takes an address in no subnet for one of the segment only where nothing else was named: %s',
    async (holdsAll, elsewhere) => {
      const { seen } = await windows(1, new FakeCounters(), () => {}, undefined, { holdsAll })
      expect(seen[0]!.seen.look?.own.elsewhere).toEqual(elsewhere)
    },
  )

  it('begins when the one before ends, and not when that one has been judged', async () => {
    const [counters, judgedAt] = [new FakeCounters(), [] as string[]]
    let vips = [ONE]
    const judge = async (_: SeenWindow, before: number) => {
      judgedAt.push(new Date().toISOString())
      await sleep(50)
      if (before > 0) return
      vips = [OTHER]
      counters.interruptions += 1
    }
    const { seen } = await windows(3, counters, judge, () => vips)
    expect(seen[1]!.startedAt <= judgedAt[0]!).toBe(true)
    expect(seen.map((one) => one.vips)).toEqual([[ONE], [ONE], [OTHER]])
    expect(wholes(seen)).toEqual([true, false, true])
  })

  it.each([3_600_000, -3_600_000, 3.2e11])(
    'is as long as it was where the clock is set by %i ms in it',
    async (byMs) => {
      let set = 0
      const now = () => new Date(Date.now() + set)
      const [counters, lengths] = [new FakeCounters(), [] as number[]]
      const judge = ({ startedAt }: SeenWindow, before: number) => {
        lengths.push(now().getTime() - Date.parse(startedAt))
        if (before === 0) set = byMs
      }
      await windows(3, counters, judge, () => [ONE], { now })
      for (const length of lengths) expect(length).toSatisfy((ms: number) => ms >= 49 && ms < 60_000)
    },
  )
})

it('one that begins to ask ends its window, and asks in the whole of the next', async () => {
  let part: Part = 'none'
  const pace = { ...request.pace, windowMs: 2 ** 31 - 1 }
  setTimeout(() => {
    part = 'all'
  }, 100)
  const { seen } = await windows(1, new FakeCounters(), () => {}, undefined, { asks: true, pace, part: () => part })
  expect(seen.map(({ number, asked }) => [number, asked])).toEqual([[1, 'none']])
})

it('one that begins to ask waits for no round of what it did not ask for all the while', async () => {
  let part: Part = 'none'
  const pace = { ...request.pace, windowMs: 2 ** 31 - 1 }
  setTimeout(() => {
    part = 'all'
  }, 100)
  const many = () => Array.from({ length: 300 }, (_, at) => ONE + at)
  const { seen } = await windows(1, new FakeCounters(), () => {}, many, { asks: true, pace, part: () => part })
  expect(seen.map(({ asked }) => asked)).toEqual(['none'])
}, 15_000) // a round of these takes 36 s, and a window would wait for 20 s of it

it('that cannot read the addresses of this machine ends with what was missing, and without an error', async () => {
  const { PATH } = process.env
  try {
    const { gap } = await windows(9, new FakeCounters(), () => {
      process.env['PATH'] = '/nonexistent'
    })
    expect(gap).toMatchObject({ subject: 'network interfaces', reason: '`ip` is not installed' })
  } finally {
    process.env['PATH'] = PATH
  }
})

it('a storm that fills the list of requests does not hide that ours pass', () => {
  const seen = (trace: string) => {
    const observer = new Observer({ asked: [ONE], allAddresses: false })
    observer.push(traceToPcap(trace))
    return seesOurs(observer.finish(), 0x0200_0000_0001)
  }
  const storm = (requests: number) => `0 ask 05/10.0.0.5 -> 10.0.0.240 repeat ${requests} every 0.001`
  expect(seen(`${storm(1200)}\n2 ask 01/10.0.0.1 -> 10.0.0.240`)).toBe(true)
  expect(seen(storm(1000))).toBe(false)
})
