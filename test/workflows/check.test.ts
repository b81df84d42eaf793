import { describe, expect, it } from 'vitest'
import type { CheckFile } from '../../src/check/model.js'
import { unknown } from '../../src/known.js'
import type { Report } from '../../src/report/report.js'
import { exitCode } from '../../src/report/verdict.js'
import { type CheckAdapters, check } from '../../src/workflows/check.js'
import { savedReport } from '../report/reporters/reports.js'

const healthy = savedReport('healthy')
const duplicate = savedReport('duplicate')
const RUN_MS = 3000

function fileFor(more: Partial<CheckFile> = {}): CheckFile {
  const vip = { ip: '10.0.0.240', service: null, responders: 1, nodes: [], macs: [], answerWithinMs: null }
  const rest = { interface: null, failOn: 'error', allow: [], nodes: [], cluster: false, baseline: null } as const
  return { ...rest, vips: [vip], ...more }
}

/** Looks that answer with these reports in turn, the last one for ever, on a clock of our own. */
function adapters(reports: readonly Report[], more: Partial<CheckAdapters> = {}) {
  let [now, looks] = [0, 0]
  const notes: string[] = []
  const given: CheckAdapters = {
    look: async () => {
      now += RUN_MS
      return { report: reports[Math.min(looks++, reports.length - 1)]!, view: null }
    },
    baseline: null,
    present: async () => {},
    clock: {
      now: () => now,
      sleep: async (ms) => {
        now += ms
      },
    },
    now: () => new Date('2026-01-15T10:00:00Z'),
    note: (text) => notes.push(text),
    ...more,
  }
  return { given, notes, looks: () => looks, elapsed: () => now }
}

const never = new AbortController().signal
const run = (given: CheckAdapters, waitMs: number | null, file = fileFor(), signal = never) =>
  check({ file, suppressions: [], waitMs }, given, signal)

describe('check', () => {
  it('holds the file against one look', async () => {
    const { given, looks } = adapters([duplicate])
    const report = await run(given, null)
    expect(report.run.command).toBe('check')
    expect(report.expectations.map(({ id, status }) => [id, status])).toEqual([
      ['10.0.0.240/responders', 'failed'],
      ['findings', 'failed'],
    ])
    expect([looks(), exitCode(report, 'error')]).toEqual([1, 1])
  })

  it('has a verdict that agrees with the exit code', async () => {
    const inconclusive = await run(adapters([savedReport('inconclusive')]).given, null)
    expect([inconclusive.verdict, exitCode(inconclusive, 'error')]).toEqual(['inconclusive', 3])
    const late = fileFor({ vips: [{ ...fileFor().vips[0]!, answerWithinMs: 0.001 }] })
    const slow = await run(adapters([healthy]).given, null, late)
    expect([slow.verdict, exitCode(slow, 'error')]).toEqual(['findings', 1])
  })

  it('gives the look what the file accepts today', async () => {
    const seen: unknown[] = []
    const { given } = adapters([healthy])
    const look: CheckAdapters['look'] = (suppressions, signal) => {
      seen.push(suppressions)
      return given.look(suppressions, signal)
    }
    const allow = ['2026-01-15', '2026-01-14'].map((expires) => ({
      rule: 'wire/flip-flop',
      subject: expires,
      reason: 'lab',
      expires,
    }))
    const report = await run({ ...given, look }, null, fileFor({ allow }))
    expect(seen).toEqual([[{ rule: 'wire/flip-flop', subject: '2026-01-15' }]])
    expect(report.findings.map(({ rule }) => rule)).toEqual(['check/allowance-expired', 'check/allowance-unused'])
  })

  it('does not pass where the cluster could not be read, whatever the wire says', async () => {
    const view = unknown('cluster', 'connection refused')
    const { given } = adapters([], { look: async () => ({ report: healthy, view }) })
    const report = await run(given, null, fileFor({ cluster: true }))
    expect(report.expectations.at(-1)).toMatchObject({ id: 'cluster', status: 'unknown' })
    expect(exitCode(report, 'error')).toBe(3)
  })
})

describe('check --wait', () => {
  it('looks again until everything holds', async () => {
    const { given, notes, looks } = adapters([duplicate, duplicate, healthy])
    expect(exitCode(await run(given, 60_000), 'error')).toBe(0)
    expect(looks()).toBe(3)
    expect(notes[0]).toMatch(/^2 of 2 expectations failed: .*\nTrying again for 57 s more$/)
  })

  it('ends when the time is up, with the last look', async () => {
    const { given, elapsed } = adapters([duplicate])
    const report = await run(given, 20_000)
    expect(exitCode(report, 'error')).toBe(1)
    expect(elapsed()).toBeGreaterThanOrEqual(20_000)
    expect(elapsed()).toBeLessThanOrEqual(20_000 + RUN_MS)
  })

  it('does not wait where everything holds at once', async () => {
    const { given, elapsed } = adapters([healthy])
    await run(given, 60_000)
    expect(elapsed()).toBe(RUN_MS)
  })

  it('ends with Ctrl-C and reports what it has', async () => {
    const interruption = new AbortController()
    const { given, looks } = adapters([duplicate])
    const clock = { ...given.clock, sleep: async () => interruption.abort() }
    const report = await run({ ...given, clock }, 60_000, fileFor(), interruption.signal)
    expect([looks(), report.run.interrupted, exitCode(report, 'error')]).toEqual([1, true, 1])
  })
})
