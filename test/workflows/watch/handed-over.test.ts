import { expect, it } from 'vitest'
import { known } from '../../../src/known.js'
import { watchMetrics } from '../../../src/metrics/registry.js'
import { Observer } from '../../../src/observe/observer.js'
import { NO_NAMES } from '../../../src/report/addresses.js'
import type { Report } from '../../../src/report/report.js'
import { type Memory, NOTHING_YET } from '../../../src/watch/model.js'
import { remember } from '../../../src/watch/remember.js'
import { formatIp } from '../../../src/wire/ip.js'
import type { Look } from '../../../src/workflows/look.js'
import { judgeWindow } from '../../../src/workflows/watch/judge-window.js'
import { isOf, type Part } from '../../../src/workflows/watch/part.js'
import { framesToPcap, parseTrace } from '../../trace.js'

const VIP = 0x0a0000f0
const CONTEXT = { view: null, unasked: { because: 'none was named', gap: null }, owners: [], gaps: [] }

/** A capture that has been read; `unasked`: what another one asks for. */
function lookOf(unasked: readonly number[]): Look {
  return {
    source: { source: { kind: 'live', name: 'eth0', engine: 'socket' } },
    own: { macs: [0x0200_0000_0001], ips: [], unasked },
    work: null,
    conditions: () => ({ clock: 'kernel', dropped: 0, promiscuityChanged: false }),
  } as unknown as Look
}

/** One watch, window by window. */
class OneWatch {
  readonly metrics = watchMetrics('0')
  memory: Memory = NOTHING_YET

  async window(trace: string, part: Part): Promise<Report> {
    const observer = new Observer({ asked: [VIP], allAddresses: false })
    observer.push(framesToPcap(parseTrace(trace)))
    const report = await judgeWindow(
      {
        number: 1,
        startedAt: '2026-01-01T00:00:00.000Z',
        vips: [VIP],
        unaskable: [],
        seen: {
          look: lookOf(isOf(part, VIP) ? [] : [VIP]),
          wire: known(observer.finish(), 'eth0'),
          owners: [],
          doubts: [],
          gaps: [],
        },
        asked: part,
        isWhole: true,
        isCutOff: false,
      },
      { vips: [VIP], file: null, suppressions: [], isOfCluster: false, context: CONTEXT },
      { names: { ...NO_NAMES, vendor: () => null }, now: () => new Date('2026-01-01T00:01:00Z'), version: '0' },
      new AbortController().signal,
    )
    const asked = typeof part === 'string' ? part === 'all' : new Set([...part].map(formatIp))
    const window = { report, asked, endedAt: '2026-01-01T00:01:00Z', unseen: null, answeredAt: new Map() }
    this.memory = remember(this.memory, { ...window, vips: new Set(['10.0.0.240']) }).memory
    this.metrics.observed({ interface: 'eth0', memory: this.memory, report, asked })
    return report
  }

  /** A window in which nothing is heard. */
  blindWindow(): void {
    this.metrics.observed({ interface: 'eth0', memory: this.memory, report: BLIND, asked: false })
  }

  async findings(): Promise<string[]> {
    return String(await this.metrics.body()).match(/^l2doctor_(?:vip_)?findings\{.*$/gm) ?? []
  }
}

const BLIND = { addresses: [], capture: null, truths: { wire: { read: 'no' } } } as unknown as Report

const DUPLICATE = `0 ask 01/10.0.0.1 -> 10.0.0.240 repeat 5 every 1
0.001 answer 02/10.0.0.240 -> 01/10.0.0.1 repeat 5 every 1
0.002 answer 03/10.0.0.240 -> 01/10.0.0.1 repeat 5 every 1
`
/** Broadcasts of the one that asks now: a switch sends us no answer to these. */
const OF_ANOTHER = '0 ask 04/10.0.0.4 -> 10.0.0.240 repeat 5 every 1'

it.each(['none', new Set<number>()] as const)(
  'what requests have shown is exported no more by a watch that asks for %s now, and again where it asks again',
  async (part) => {
    const watch = new OneWatch()
    await watch.window(DUPLICATE, 'all')
    const shown = await watch.findings()
    expect(shown).toHaveLength(2)
    for (let n = 0; n < 3; n++) await watch.window(OF_ANOTHER, part)
    expect(await watch.findings()).toEqual([])
    expect(watch.memory.findings.size).toBe(1) // nobody has seen it end
    await watch.window(DUPLICATE, 'all')
    expect(await watch.findings()).toEqual(shown)
  },
)

it('what a watch finds that only listens is exported as before', async () => {
  const watch = new OneWatch()
  await watch.window(DUPLICATE, 'none')
  expect(await watch.findings()).toHaveLength(2)
  await watch.window('', 'none')
  expect(await watch.findings()).toHaveLength(2)
})

it('a watch that hears nothing exports what it did before', async () => {
  const watch = new OneWatch()
  await watch.window(DUPLICATE, 'all')
  watch.blindWindow()
  expect(await watch.findings()).toHaveLength(2)
  await watch.window(OF_ANOTHER, 'none')
  watch.blindWindow()
  expect(await watch.findings()).toEqual([])
})

it('silence is not judged where another one asks by now, and that is the reason', async () => {
  const { addresses, skipped } = await new OneWatch().window('0 ask 01/10.0.0.1 -> 10.0.0.240', new Set<number>())
  expect(addresses.map(({ verdict }) => verdict)).toEqual(['inconclusive'])
  expect(skipped.find(({ rule }) => rule === 'wire/no-answer')?.because).toMatch(/another machine of the segment asks/)
})
