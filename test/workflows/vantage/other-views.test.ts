import { describe, expect, it } from 'vitest'
import { NO_NAMES } from '../../../src/report/addresses.js'
import { exitCode } from '../../../src/report/verdict.js'
import { parseMac } from '../../../src/wire/mac.js'
import { lookThrough } from '../../../src/workflows/file-look.js'
import { scan } from '../../../src/workflows/scan.js'
import type { Vantage } from '../../../src/workflows/vantage/see-all.js'
import { VIP } from '../../facts/vantages/places.js'
import { traceToPcap } from '../../trace.js'

const asks = (own: string, count = 8) => `0.0 ask ${own}/10.0.0.10 -> 10.0.0.240 repeat ${count} every 1`
const answers = (own: string, count = 8, after = '0.0004') =>
  `${after} answer 02/10.0.0.240 -> ${own}/10.0.0.10 repeat ${count} every 1`
const GOOD = [asks('0b'), answers('0b')].join('\n')
const GOOD_TOO = [asks('0c', 4), answers('0c', 4)].join('\n')

function fileOf(trace: string) {
  return {
    source: { kind: 'file', name: 'x.pcap', engine: 'file' } as const,
    async *bytes() {
      yield traceToPcap(trace)
    },
    stop: () => {},
  }
}

/** A scan of the files of several places, in this order. */
async function scanned(...traces: readonly string[]) {
  const open = (trace: string) => async () => lookThrough(fileOf(trace))
  return scanAt(traces.map((trace, at) => ({ name: `p${at + 1}`, kind: 'file' as const, open: open(trace) })))
}

/** A place over ssh: it asked, and the machine there has this MAC. */
function liveAt(name: string, mac: string, trace: string): Vantage {
  const own = { macs: [parseMac(mac)!], ips: [] }
  return { name, kind: 'ssh', open: async () => ({ ...lookThrough(fileOf(trace)), own, probed: true }) }
}

async function scanAt(vantages: readonly Vantage[]) {
  const report = await scan(
    { question: { vips: [VIP], expectedMacs: [], probed: null }, allAddresses: false, suppressions: [] },
    {
      open: () => vantages[0]!.open(new AbortController().signal),
      vantages,
      names: NO_NAMES,
      context: { view: null, unasked: { because: '--no-kube', gap: null }, owners: [], gaps: [] },
      now: () => new Date(0),
      version: '0.0.0',
    },
    new AbortController().signal,
  )
  return {
    verdict: report.verdict,
    exit: exitCode(report, 'error'),
    gaps: report.gaps,
    findings: report.findings,
    addresses: report.addresses.map(({ verdict }) => verdict),
  }
}

const FAULTS: Record<string, string> = {
  'stopped answering': [asks('0c', 20), answers('0c', 4)].join('\n'),
  'answers only now and then': [
    asks('0c', 10),
    '0.0004 answer 02/10.0.0.240 -> 0c/10.0.0.10 repeat 5 every 2',
    '10 probe 0c -> 10.0.0.240',
    '10.0004 answer 02/10.0.0.240 -> 0c/0.0.0.0',
  ].join('\n'),
  'is answered by nobody': asks('0c'),
  'is answered by nobody, with the requests of the other place heard': [asks('0b'), asks('0c')].join('\n'),
  'is claimed by another machine': [GOOD_TOO, '1.5 garp 03/10.0.0.240'].join('\n'),
}

describe('several places, of which one alone shows a fault', () => {
  for (const [what, bad] of Object.entries(FAULTS)) {
    it(`is never healthy where the address ${what} at another place than the one that was judged`, async () => {
      for (const places of [
        [GOOD, bad],
        [bad, GOOD],
      ]) {
        const { verdict, exit, addresses } = await scanned(...places)
        expect(addresses).not.toContain('healthy')
        expect(verdict).not.toBe('healthy')
        expect(exit).not.toBe(0)
      }
    })
  }

  it('is a finding of that place where the fault is an error, with its own frames', async () => {
    for (const places of [
      [GOOD, FAULTS['stopped answering']!],
      [FAULTS['stopped answering']!, GOOD],
    ]) {
      const { exit, findings } = await scanned(...places)
      expect(exit).toBe(1)
      expect(findings).toContainEqual(
        expect.objectContaining({
          rule: 'wire/stopped-answering',
          severity: 'error',
          message: expect.stringMatching(/of 16 requests since/),
          evidence: expect.arrayContaining([expect.objectContaining({ kind: 'frame' })]),
        }),
      )
    }
  })

  it('names the place whose capture the frames of a finding are of', async () => {
    const { findings } = await scanned(GOOD, FAULTS['stopped answering']!)
    expect(findings[0]).toMatchObject({ message: expect.stringMatching(/^at p2: /) })
    expect(findings[0]!.evidence[0]).toEqual({
      kind: 'measure',
      name: 'place',
      value: 'p2: frames and times are of its capture',
    })
  })

  it('says which place was not judged, what it saw, and how to judge it', async () => {
    const { gaps } = await scanned(GOOD, FAULTS['answers only now and then']!)
    expect(gaps).toContainEqual({
      subject: '10.0.0.240',
      reason: expect.stringMatching(/p2 saw what that one did not: .*answered 5 of 10/),
      hint: expect.stringContaining('l2doctor scan --vip 10.0.0.240 --at file:p2=x.pcap'),
      decisive: true,
    })
  })

  it('accuses nobody where files are of other hours or of other VLANs', async () => {
    const other = (asker: string, { from = 0, options = '' } = {}) =>
      [
        `${from} ask ${asker}/10.0.0.10 -> 10.0.0.240 repeat 8 every 1 ${options}`,
        `${from}.0004 answer 03/10.0.0.240 -> ${asker}/10.0.0.10 repeat 8 every 1 ${options}`,
      ].join('\n')
    for (const [file, exit] of [
      [other('0c', { from: 3600 }), 3],
      [other('0c', { options: 'vlan 100' }), 0],
    ] as const) {
      const report = await scanned(GOOD, file)
      expect(report.findings).toEqual([])
      expect(report.exit).toBe(exit)
    }
    expect((await scanned(GOOD, other('0c'))).findings.map(({ rule }) => rule)).toEqual(['vantage/other-responder'])
  })

  it('accuses no place whose own machine answers, which it does not hear', async () => {
    const asked = [asks('0b', 4), '0.3 ask 0c/10.0.0.12 -> 10.0.0.240 repeat 4 every 1'].join('\n')
    const node = liveAt('node-b', '02:00:00:00:00:0b', asked)
    const client = liveAt(
      'client',
      '02:00:00:00:00:0c',
      `${asked}\n0.3004 answer 0b/10.0.0.240 -> 0c/10.0.0.12 repeat 4 every 1`,
    )
    for (const places of [
      [node, client],
      [client, node],
    ]) {
      const { verdict, exit, findings } = await scanAt(places)
      expect(findings).toEqual([])
      expect([verdict, exit]).toEqual(['healthy', 0])
    }
  })

  it('is healthy where all places saw the same, or nobody of its own asked in one', async () => {
    const all = [
      [GOOD, GOOD_TOO],
      [GOOD_TOO, GOOD, GOOD],
      [GOOD, asks('0b')],
      [asks('0b'), GOOD],
    ]
    for (const places of all) expect(await scanned(...places)).toMatchObject({ verdict: 'healthy', exit: 0 })
  })
})
