import { expect, it } from 'vitest'
import { LULL_MS } from '../../../src/capture/open-live.js'
import { known } from '../../../src/known.js'
import { Windows } from '../../../src/observe/windows.js'
import { frameFor } from '../../../src/probe/run.js'
import { WatchPlan, type WatchPlanOptions } from '../../../src/probe/watch-plan.js'
import { NO_NAMES } from '../../../src/report/addresses.js'
import type { Report } from '../../../src/report/report.js'
import { formatIp } from '../../../src/wire/ip.js'
import { arpReply } from '../../../src/wire/write-arp.js'
import { pcapHeader, pcapRecord } from '../../../src/wire/write-pcap.js'
import type { Look } from '../../../src/workflows/look.js'
import { heardBy } from '../../../src/workflows/see.js'
import { judgeWindow } from '../../../src/workflows/watch/judge-window.js'
import { TRACE_START } from '../../trace.js'

const US = { mac: 0x020000000001, ip: 0x0a000001 }
const [OWNER, SECOND] = [0x020000000011, 0x020000000012]
const VIPS = Array.from({ length: 5000 }, (_, at) => 0x0a010000 + at)
const WINDOW_MS = 60_000

const LOOK = {
  source: { source: { kind: 'live', name: 'eth0', engine: 'socket' } },
  own: { macs: [US.mac], ips: [US.ip] },
  work: null,
  conditions: () => ({ clock: 'kernel', dropped: 0, promiscuityChanged: false }),
} as unknown as Look

/** A watch of 5,000 addresses on a clock of its own: what it sends, what is answered, and its windows as they are judged. */
class VirtualWatch {
  now = 0
  /** Who answers for an address. */
  owners = (_: number): readonly number[] => [OWNER]
  private readonly windows = new Windows({ asked: VIPS, allAddresses: false })
  private readonly plan: WatchPlan
  private readonly asker = { mac: US.mac, addressesFor: () => [US.ip] }

  constructor() {
    const options: WatchPlanOptions = {
      vips: VIPS,
      framesPerSecond: 10,
      intervalMs: 10_000,
      lateMs: LULL_MS,
      canAsk: () => true,
      isOwn: () => false,
    }
    this.windows.push(pcapHeader())
    this.plan = new WatchPlan(options, {
      responders: heardBy(this.windows),
      answers: (vip) => this.windows.answersFor(vip),
    })
  }

  /** One window; `then` is called after each broadcast, with its address. */
  async window(then: (vip: number) => void = () => {}): Promise<Report> {
    const end = this.now + Math.max(WINDOW_MS, this.plan.roundMs)
    while (this.now < end) this.step(end, then)
    this.plan.pause()
    while (!this.plan.isQuiet(this.now)) this.step(this.now + 100, then)
    const wire = this.windows.roll({ asked: VIPS, allAddresses: false })
    this.plan.resume()
    const at = (ms: number) => new Date(TRACE_START / 1000 + ms)
    return judgeWindow(
      {
        number: 1,
        startedAt: at(0).toISOString(),
        vips: VIPS,
        unaskable: [],
        seen: { look: LOOK, wire: known(wire, 'eth0'), owners: [], doubts: [], gaps: [] },
        asked: 'all',
        isWhole: true,
        isCutOff: false,
      },
      {
        vips: VIPS,
        file: null,
        suppressions: [],
        isOfCluster: false,
        context: { view: null, unasked: { because: 'none was named', gap: null }, owners: [], gaps: [] },
      },
      { names: { ...NO_NAMES, vendor: () => null }, now: () => at(this.now), version: '0' },
      new AbortController().signal,
    )
  }

  private step(end: number, then: (vip: number) => void): void {
    const step = this.plan.next(this.now)
    if (step.step === 'wait') {
      this.now = Math.min(end, this.now + step.ms)
      return
    }
    const { vip, mode, to } = step.ask
    const frame = frameFor(step.ask, this.asker)
    if (frame === null || typeof vip !== 'number') throw new Error(`nothing to send for ${formatIp(vip)}`)
    this.hear(frame, 0)
    const answering = this.owners(vip).filter((mac) => to === null || mac === to)
    answering.forEach((mac, at) => void this.hear(arpReply({ mac, ip: vip }, US), 400 + 300 * at))
    if (mode === 'broadcast') then(vip)
  }

  private hear(frame: Uint8Array, afterMicros: number): void {
    this.windows.push(pcapRecord(TRACE_START + Math.round(this.now * 1000) + afterMicros, frame))
  }
}

const found = ({ findings }: Report) =>
  findings.map(({ rule, subject }) => `${rule} ${subject.kind === 'ip' ? subject.ip : ''}`).sort()

/** What is wrong with those that are asked for first and last in a round, and what finds it. */
const FAULTS = new Map<number, readonly [owners: readonly number[], rule: string]>([
  [VIPS[0]!, [[], 'wire/no-answer']],
  [VIPS[1]!, [[OWNER, SECOND], 'wire/duplicate-responders']],
  [VIPS.at(-2)!, [[OWNER, SECOND], 'wire/duplicate-responders']],
  [VIPS.at(-1)!, [[], 'wire/no-answer']],
])

it('a fault that begins just after its address was asked for, one of 5,000, is a finding at the end of the next window', async () => {
  const watch = new VirtualWatch()
  expect(found(await watch.window())).toEqual([])
  const begun = new Set<number>()
  watch.owners = (vip) => (begun.has(vip) ? FAULTS.get(vip)![0] : [OWNER])
  await watch.window((vip) => {
    if (FAULTS.has(vip)) begun.add(vip)
  })
  expect(begun.size).toBe(FAULTS.size)
  const wanted = [...FAULTS].map(([vip, [, rule]]) => `${rule} ${formatIp(vip)}`).sort()
  expect(found(await watch.window())).toEqual(expect.arrayContaining(wanted))
})
