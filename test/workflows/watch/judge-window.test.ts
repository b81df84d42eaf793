import { expect, it } from 'vitest'
import { parseCheckFile } from '../../../src/check/parse-check-file.js'
import { type Gap, known } from '../../../src/known.js'
import { Observer } from '../../../src/observe/observer.js'
import { NO_NAMES } from '../../../src/report/addresses.js'
import type { Report } from '../../../src/report/report.js'
import type { Look } from '../../../src/workflows/look.js'
import { judgeWindow } from '../../../src/workflows/watch/judge-window.js'
import type { Watched } from '../../../src/workflows/watch/model.js'
import { framesToPcap, parseTrace } from '../../trace.js'

const [ONE, LATER] = [0x0a0000f0, 0x0a0000f1]
const FILE = 'version: 1\nvips: [{ip: 10.0.0.240}, {ip: 10.0.0.241}]\n'

/** A capture that has been read. */
const LOOK = {
  source: { source: { kind: 'live', name: 'eth0', engine: 'socket' } },
  own: null,
  work: null,
  conditions: () => ({ clock: 'kernel', dropped: 0, promiscuityChanged: false }),
} as unknown as Look

const WATCHED: Watched = {
  vips: [ONE, LATER],
  file: null,
  suppressions: [],
  isOfCluster: false,
  context: { view: null, unasked: { because: 'none was named', gap: null }, owners: [], gaps: [] },
}

function judged(trace: string, look: Look, watched: Watched, gaps: readonly Gap[] = []): Promise<Report> {
  const observer = new Observer({ asked: [ONE], allAddresses: false })
  observer.push(framesToPcap(parseTrace(trace)))
  return judgeWindow(
    {
      number: 1,
      startedAt: '2026-01-01T00:00:00.000Z',
      vips: [ONE],
      unaskable: [],
      seen: { look, wire: known(observer.finish(), 'eth0'), owners: [], doubts: [], gaps },
      asked: 'all',
      isWhole: true,
      isCutOff: false,
    },
    watched,
    { names: { ...NO_NAMES, vendor: () => null }, now: () => new Date('2026-01-01T00:01:00Z'), version: '0' },
    new AbortController().signal,
  )
}

it('a window is held to what the check file expects of the addresses that were asked for in it, and of no other', async () => {
  const parsed = parseCheckFile(FILE)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults))
  const trace = '0 ask 01/10.0.0.1 -> 10.0.0.240\n0.001 answer 02/10.0.0.240 -> 01/10.0.0.1\n'
  const gap = { subject: 'capture on eth0', reason: 'the link or its capture broke off in this window', hint: '' }
  const report = await judged(trace, LOOK, { ...WATCHED, file: { ...parsed.file, cluster: false } }, [gap])
  expect(report.expectations.map(({ id, status }) => [id, status])).toEqual([
    ['10.0.0.240/responders', 'held'],
    ['findings', 'held'],
  ])
})

it.each([
  ['', 'no request was sent for it'],
  ['0 ask 01/10.0.0.1 -> 10.0.0.240', '1 request without an answer say nothing of it'],
])(
  'an address in no subnet of the interface is unknown, and the reason is what was asked: %s',
  async (trace, words) => {
    const look = { ...LOOK, own: { macs: [], ips: [], elsewhere: [ONE] } } as unknown as Look
    const { addresses, findings } = await judged(trace, look, WATCHED)
    expect(addresses.map(({ verdict, because }) => [verdict, because])).toEqual([
      ['inconclusive', expect.stringContaining(words)],
    ])
    expect(findings).toEqual([])
  },
)
