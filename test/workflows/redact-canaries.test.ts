import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import type { ClusterSnapshot } from '../../src/cluster/model.js'
import { redactCluster } from '../../src/cluster/redact/cluster.js'
import { formatSnapshot } from '../../src/cluster/snapshot-file.js'
import { clusterSchema } from '../../src/cluster/snapshot-schema.js'
import { VOCABULARY } from '../../src/cluster/vocabulary.js'
import { CannotLook } from '../../src/known.js'
import { buildHost, type HostRecord } from '../../src/node/host.js'
import { nodeSnapshotSchema, writeSnapshot } from '../../src/node/snapshot.js'
import { Addresses } from '../../src/redact/addresses.js'
import { underPseudonyms } from '../../src/redact/pseudonyms.js'
import { atOnce } from '../../src/steps.js'
import { formatLine, type HistoryLine, historyLineSchema, parseHistory } from '../../src/watch/history-line.js'
import { redactedPage } from '../../src/watch/page/page.js'
import { statusSchema } from '../../src/watch/page/status.js'
import { auditCluster } from '../../src/workflows/audit-cluster.js'
import type { Bundle } from '../../src/workflows/bundle.js'
import { bundleSchema, formatBundle, parseBundle } from '../../src/workflows/bundle-file.js'
import { readRedacted } from '../../src/workflows/read-redacted.js'
import type { ReadCluster } from '../../src/workflows/read-view.js'
import { redactBundle } from '../../src/workflows/redact-bundle.js'
import { redactingHistory } from '../../src/workflows/redact-history.js'
import { redactingHosts } from '../../src/workflows/redact-hosts.js'
import { redactingStatus } from '../../src/workflows/redact-status.js'
import { clusterOf } from '../cluster/read-yaml.js'
import { recording } from '../node/recorded.js'
import { wholeValue } from '../redact/whole-value.js'
import { listFixtures } from '../rules/fixtures.js'

const KEY = new Uint8Array(32).fill(9)

/** What an operator may have put anywhere, in the shapes that have leaked before; each text of a model gets its own. */
const SHAPES: readonly ((n: number) => string)[] = [
  (n) => `canary${n}x`,
  (n) => `Canary-${n}x.acme.example`,
  (n) => `a sentence of canary${n}x, quoted "canary${n}x"`,
  (n) => `kubevip-canary${n}x`,
  (n) => `ns-canary${n}x/name-canary${n}x`,
  (n) => `canary${n}x.kubernetes.io/canary${n}x`,
  (n) => `--flag=canary${n}x`,
  (n) => `comment "canary${n}x"`,
  (n) => `8000.2:0:0:${(n >> 8).toString(16)}:${(n & 255).toString(16)}:ca`,
  (n) => `02-00-0f-${hex(n >> 8)}-${hex(n & 255)}-ca`,
  (n) => `020f.${hex(n >> 8)}${hex(n & 255)}.00ca`,
  (n) => `8000.020f${hex(n >> 8)}${hex(n & 255)}00ca`,
  (n) => `brcanary${n}x`,
  (n) => `local_canary${n}x`,
]

function hex(byte: number): string {
  return (byte & 255).toString(16).padStart(2, '0')
}

/** Members that a file must hold as they are to be read at all, or that are made of the others. */
const FIXED = ['known', 'observedAt']

/** The value with a canary in place of every text in it, of names of members that somebody chose too. */
function planted(value: unknown, shape: (n: number) => string, sown: string[], isMap = false): unknown {
  if (typeof value === 'string') return sow(shape, sown)
  if (Array.isArray(value)) return value.map((item) => planted(item, shape, sown))
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      isMap ? sow(shape, sown) : key,
      FIXED.includes(key) ? item : planted(item, shape, sown, MAPS.has(key)),
    ]),
  )
}

function sow(shape: (n: number) => string, sown: string[]): string {
  sown.push(shape(sown.length))
  return sown.at(-1)!
}

/** Members whose own members an operator, an object or a host names. */
const MAPS = new Set([
  ...['labels', 'annotations', 'podLabels', 'matchLabels', 'nodeSelector', 'selector', 'data', 'used', 'elections'],
  ...['ipv4', 'ipv6', 'neigh4', 'neigh6', 'bridge'],
])

/** The canaries that a text holds, MACs in any spelling. */
function found(text: string, sown: readonly string[]): string[] {
  const isWord = sown[0]?.toLowerCase().includes('canary')
  if (isWord) return text.match(/canary-?\d+x/gi) ?? []
  const seen = new Set((text.match(/[0-9a-f]+(?:[:.-][0-9a-f]+)+/gi) ?? []).flatMap(spellings))
  return sown.filter((canary) => spellings(canary).some((one) => seen.has(one)))
}

/** Any run of octets as twelve digits, and what stands behind a dot. */
function spellings(text: string): string[] {
  return [text, text.replace(/^[0-9a-f]{4}\./i, '')].map((one) =>
    one
      .split(/[:-]/)
      .map((octet) => octet.padStart(2, '0'))
      .join('')
      .replaceAll('.', ''),
  )
}

/** Every kind of object, from all the clusters of the fixtures. */
function wholeCluster(): ClusterSnapshot {
  const paths = listFixtures().map(({ path }) => join(path, 'cluster.yaml'))
  const texts = paths.flatMap((path) => {
    try {
      return [readFileSync(path, 'utf8')]
    } catch {
      return []
    }
  })
  const clusters = texts.map((text) => clusterOf(text))
  const kinds = Object.keys(clusters[0]!) as (keyof ClusterSnapshot)[]
  const joined = kinds.map((kind) => {
    const items = clusters.flatMap((cluster): unknown[] => {
      const given = cluster[kind]
      return typeof given === 'object' && 'known' in given && given.known ? [...(given.value as unknown[])] : []
    })
    const first = clusters[0]![kind]
    return [kind, typeof first === 'string' ? first : { known: true, value: items.slice(0, 12), from: 'x' }]
  })
  return Object.fromEntries(joined)
}

const cluster = wholeCluster()
const hosts = (['debian-12', 'debian-12-bonds', 'ubuntu-24.04', 'busybox-1.35-bonds'] as const).map(recording)
const saved = readdirSync('fixtures/bundles').filter((name) => name.endsWith('.bundle'))
const { capture, ...rest } = parseBundle(readFileSync(join('fixtures/bundles', saved[0]!)), saved[0]!)
const owners = [{ node: 'node-a', mac: '02:00:00:00:00:11', interface: 'eth0', via: 'operator' as const }]
const failure = { subject: 's', reason: 'r', hint: 'h' }

/** A record whose sections hold canaries; the text that it was read from holds them as well. */
function sownHost(record: HostRecord, shape: (n: number) => string, sown: string[]): HostRecord {
  const { name, address, probes } = record
  const facts = { kind: 'refused' as const, said: 's', partial: true, number: null }
  const sections = buildHost(record).sections
  const plain = { name, address, probes: {}, failure: { ...failure, facts }, sections } satisfies HostRecord
  const bad = planted(plain, shape, sown) as HostRecord
  const said = Object.entries(probes).map(([probe, one]) => [probe, planted(one, shape, sown)])
  return { ...bad, probes: Object.fromEntries([...said, [sow(shape, sown), { status: 0, stdout: '', stderr: '' }]]) }
}

describe.each(SHAPES.map((shape) => [shape(7), shape] as const))(
  'of canaries such as %s none is written',
  (_, shape) => {
    it('by audit-cluster --redact', () => {
      const sown: string[] = []
      const bad = planted(cluster, shape, sown) as ClusterSnapshot
      const { written } = underPseudonyms(new Addresses(KEY), (to) => redactCluster(bad, to), VOCABULARY)
      expect(sown.length).toBeGreaterThan(500)
      expect(found(formatSnapshot(written!), sown)).toEqual([])
    })

    it('by audit-node --redact', () => {
      const sown: string[] = []
      const records = hosts.map((host) => sownHost(host, shape, sown))
      const written = atOnce(redactingHosts({ records, vips: [] }, KEY)).records
      expect(sown.length).toBeGreaterThan(500)
      expect(found(written.map(writeSnapshot).join(), sown)).toEqual([])
    })

    it('by diagnose --redact', () => {
      const sown: string[] = []
      const { source, conditions } = capture!
      const bad: Bundle = {
        ...(planted({ ...rest, owners, cluster, hosts: [] }, shape, sown) as Omit<Bundle, 'capture'>),
        hosts: hosts.map((host) => sownHost(host, shape, sown)),
        capture: {
          ...(planted({ source, conditions }, shape, sown) as object),
          bytes: capture!.bytes,
        } as Bundle['capture'],
      }
      const redaction = redactBundle(bad, KEY)
      if (!redaction.ok) throw new Error(redaction.because)
      expect(found(gunzipSync(formatBundle(redaction.bundle, 'test')).toString(), sown)).toEqual([])
    })
  },
)

/** Of a model with every member that its files can have: what no recording and no fixture holds is in it. */
describe.each(SHAPES.flatMap((shape) => [true, false].map((known) => [shape(7), shape, known] as const)))(
  'of canaries such as %s in every member of a model none is written',
  (_, shape, known) => {
    const sown: string[] = []
    const macs: number[] = []
    const number = (member: string) =>
      /mac$/i.test(member) ? macs.push(0x02_0f_00_00_00_ca + macs.length) && macs.at(-1)! : 1
    const whole = <T>(schema: z.ZodType<T>) => wholeValue(schema, { text: () => sow(shape, sown), number, known }) as T
    const expectNone = (text: string) => {
      expect(sown.length).toBeGreaterThan(known ? 60 : 20)
      expect(found(text, sown)).toEqual([])
      expect(macs.filter((mac) => text.includes(`${mac}`))).toEqual([])
    }

    it('by audit-cluster --redact', () => {
      const { written } = underPseudonyms(
        new Addresses(KEY),
        (to) => redactCluster(whole(clusterSchema), to),
        VOCABULARY,
      )
      expectNone(formatSnapshot(written!))
    })

    it('by audit-node --redact', () => {
      const { records } = atOnce(redactingHosts({ records: [whole(nodeSnapshotSchema) as HostRecord], vips: [] }, KEY))
      expectNone(records.map(writeSnapshot).join())
    })

    it('by diagnose --redact', () => {
      const bad = { ...whole(bundleSchema), cluster: whole(clusterSchema) } as unknown as Bundle
      const framed = (one: Bundle['capture']) => one && { ...one, bytes: capture!.bytes }
      const vantages = bad.vantages!.map((one) => ({ ...one, capture: framed(one.capture) }))
      const redaction = redactBundle({ ...bad, capture: framed(bad.capture), vantages }, KEY)
      if (!redaction.ok) throw new Error(redaction.because)
      expectNone(gunzipSync(formatBundle(redaction.bundle, 'test')).toString())
    })

    it('by /status.redacted.json of a watch', () => {
      const written = atOnce(redactingStatus(whole(statusSchema), () => KEY))
      expect(Object.keys(written)).toEqual(Object.keys(statusSchema.shape))
      expect(sown.length).toBeGreaterThan(35)
      expect(found(JSON.stringify(written), sown)).toEqual([])
      expect(found(redactedPage(written), sown)).toEqual([])
    })

    it('by redact of a history', () => {
      const lines = historyLineSchema.options.map((one) => whole<HistoryLine>(one))
      const written = atOnce(redactingHistory(lines, () => KEY))
      expect(sown.length).toBeGreaterThan(35)
      expect(written.map((line) => Object.keys(line))).toEqual(lines.map((line) => Object.keys(line)))
      expect(found(JSON.stringify(written), sown)).toEqual([])
      expect(parseHistory(written.map(formatLine).join(''))?.unread).toBe(0)
    })
  },
)

it('sees a canary that is written', () => {
  for (const shape of SHAPES) {
    const sown: string[] = []
    const text = planted({ a: 'b' }, shape, sown)
    expect(found(JSON.stringify(text).replaceAll('\\"', '"'), sown).length, sown.at(-1)).toBeGreaterThan(0)
  }
})

describe('the report of audit-cluster --redact', () => {
  const auditing = (read: ReadCluster) =>
    auditCluster(
      { question: { vips: [], expectedMacs: [], own: { macs: [], ips: [] }, probed: false }, suppressions: [] },
      {
        readCluster: (interrupted) => readRedacted(read, interrupted, KEY),
        save: null,
        baseline: null,
        owners: [],
        present: async () => {},
        now: () => new Date(0),
        version: '0.0.0',
      },
      new AbortController().signal,
    )

  it('holds no canary', async () => {
    const sown: string[] = []
    const bad = planted(cluster, SHAPES[0]!, sown) as ClusterSnapshot
    const report = await auditing(async () => bad)
    expect(found(JSON.stringify(report), sown)).toEqual([])
  })

  it('does not say where the cluster is that cannot be read', async () => {
    const gap = { subject: 'API server https://canary1x:6443', reason: 'context canary2x', hint: 'canary3x' }
    const report = await auditing(() => Promise.reject(new CannotLook(gap)))
    expect(report.verdict).toBe('inconclusive')
    expect(JSON.stringify(report)).not.toContain('canary')
  })
})
