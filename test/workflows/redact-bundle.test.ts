import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { bundleAdapters } from '../../src/cli/compose-diagnose.js'
import type { Report } from '../../src/report/report.js'
import { loadReporter, OUTPUT_NAMES } from '../../src/report/reporters/registry.js'
import { subjectText } from '../../src/rules/subject.js'
import { parseIpv4 } from '../../src/wire/ipv4.js'
import type { Bundle } from '../../src/workflows/bundle.js'
import { formatBundle, parseBundle } from '../../src/workflows/bundle-file.js'
import { diagnose } from '../../src/workflows/diagnose.js'
import { redactAndCompare, redactedReport } from '../../src/workflows/redact-and-compare.js'
import { redactBundle } from '../../src/workflows/redact-bundle.js'
import { listFixtures } from '../rules/fixtures.js'
import { caseBundle } from './case-bundle.js'

const BUNDLES = 'fixtures/bundles'
const CASES = 'fixtures/clusters'
const KEY = new Uint8Array(32).fill(5)
const compose = (bundle: Bundle) => bundleAdapters(bundle, '0.0.0')

const saved = readdirSync(BUNDLES).filter((name) => name.endsWith('.bundle'))
const cases = readdirSync(CASES).filter((name) => existsSync(join(CASES, name, 'trace.txt')))
const bundles: readonly (readonly [string, Bundle])[] = [
  ...saved.map((name) => [name, parseBundle(readFileSync(join(BUNDLES, name)), name)] as const),
  ...cases.map((name) => [name, caseBundle(join(CASES, name))] as const),
  ['tables of a router and a switch', caseBundle('fixtures/rules/neighbour/stale-upstream/fires-former-owner')],
  ['what a speaker says of itself', caseBundle('fixtures/rules/announcer/silent-node/fires-requests-not-answered')],
  ['what a watch wrote down', caseBundle('fixtures/rules/wire/new-responder/fires-second-since-then')],
  ['what the VIPs were before', caseBundle('fixtures/rules/service/vip-changed/fires-until-a-time')],
  ['a table of an unknown format', withUnknownTable(caseBundle(join(CASES, 'r6-shared-address')))],
  ['a wrong entry in the table of the machine that asked', withOwnEntry(caseBundle(join(CASES, 'r6-shared-address')))],
]

function withUnknownTable(bundle: Bundle): Bundle {
  return { ...bundle, neighbours: [{ name: 'core-1.acme.example', table: null }] }
}

function withOwnEntry(bundle: Bundle): Bundle {
  const [ip = ''] = bundle.question.vips
  const entry = { ip, interface: 'eth0', mac: '02:00:00:00:00:77', states: ['PERMANENT'] }
  return { ...bundle, own: { macs: [], ips: [], neighbours: [entry] } }
}

async function judge(bundle: Bundle): Promise<Report> {
  const { request, adapters } = await compose(bundle)
  return diagnose({ ...request, suppressions: [] }, adapters, new AbortController().signal)
}

function redact(bundle: Bundle) {
  const redaction = redactBundle(bundle, KEY)
  if (!redaction.ok) throw new Error(redaction.because)
  return redaction
}

/** All that a report can say. */
const EVERYTHING = { colour: false, width: 100, unicode: true, quiet: false, verbose: true }

const IPV4 = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/g
const MAC = /\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b/g
const NAME = /[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?/g

/** As switches of one maker print a MAC. */
const DOTTED = /\b[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}\b/g

/** From either form of a MAC to the other. */
function dotted(mac: string): string {
  const hex = mac.replace(/[.:]/g, '')
  return mac.includes(':') ? hex.replace(/(....)(?=.)/g, '$1.') : hex.replace(/(..)(?=.)/g, '$1:')
}

/** Every word of a bundle or report and its pseudonym, those that have none left out. */
function dictionary(text: string, disguise: (text: string) => string): Map<string, string> {
  const words = new Set([IPV4, MAC, NAME].flatMap((pattern) => text.match(pattern) ?? []))
  const pairs = [...words].map((word) => [disguise(word), word] as const)
  return new Map(pairs.filter(([pseudonym, word]) => pseudonym !== word))
}

function mapBack(text: string, names: ReadonlyMap<string, string>): string {
  const back = (word: string) => names.get(word) ?? word
  const plain = text.replace(DOTTED, (mac) => dotted(back(dotted(mac))))
  return [IPV4, MAC, NAME].reduce((mapped, words) => mapped.replace(words, back), plain)
}

/** Findings in an order of their own, without what is computed from names: fingerprints, and MetalLB's digests. */
function comparable({ findings }: Report, names: ReadonlyMap<string, string>): unknown[] {
  const plain = findings.map(({ fingerprint: _, ...finding }) =>
    mapBack(JSON.stringify(finding), names).replace(/sha256 (?:[0-9a-f]{8}|of names that were redacted)/g, 'sha256'),
  )
  return plain.sort().map((finding) => JSON.parse(finding))
}

/** The causes of each symptom by rule and true subject. */
function ranks({ diagnosis, findings }: Report, names: ReadonlyMap<string, string>): unknown[] {
  const told = new Map(
    findings.map((one) => [one.fingerprint, `${one.rule} ${mapBack(subjectText(one.subject), names)}`]),
  )
  const symptoms = (diagnosis?.symptoms ?? []).map(({ fingerprint, causes }) => [
    told.get(fingerprint),
    causes.map((cause) => [told.get(cause.fingerprint), cause.certainty]),
  ])
  return symptoms.sort()
}

describe.each(bundles)('%s, redacted', (_, bundle) => {
  it('is diagnosed as before, under other names', async () => {
    const { bundle: redacted, disguise } = redact(bundle)
    const plain = await judge(bundle)
    const names = dictionary(JSON.stringify([bundle, plain]), disguise)
    const report = await judge(parseBundle(formatBundle(redacted, 'test'), 'redacted'))
    expect(comparable(report, names)).toEqual(comparable(plain, new Map()))
    expect(ranks(report, names)).toEqual(ranks(plain, new Map()))
    expect(report.gaps.length).toBe(plain.gaps.length)
  })

  it('holds no name, address or MAC of before, in text or in frames', () => {
    const text = gunzipSync(formatBundle(redact(bundle).bundle, 'test')).toString('latin1')
    const written = new Set([IPV4, MAC].flatMap((pattern) => text.match(pattern) ?? []))
    const before = JSON.stringify({ ...bundle, capture: null })
    const addresses = new Set([...(before.match(IPV4) ?? []), ...(before.match(MAC) ?? [])].filter(isSomebodys))
    expect([...addresses].filter((address) => written.has(address))).toEqual([])
    for (const name of namesOf(bundle)) expect(text).not.toMatch(new RegExp(`(?<![a-z0-9])${name}(?![a-z0-9])`, 'i'))
    const frames = Buffer.from(redact(bundle).bundle.capture?.bytes ?? [])
    for (const address of addresses) expect(frames.includes(bytesOf(address)), address).toBe(false)
  })
})

describe.each(saved)('what is reported of %s under pseudonyms', (name) => {
  const bundle = parseBundle(readFileSync(join(BUNDLES, name)), name)

  it('holds in no output a name, address or MAC of before, and accepts what was accepted', async () => {
    const plain = await judge(bundle)
    const accepted = plain.findings.map(({ rule, subject }) => ({ rule, subject: subjectText(subject) }))
    const redaction = await redactAndCompare(bundle, compose, () => KEY, NEVER)
    const report = await redactedReport(redaction, compose, [], NEVER)
    const texts = await Promise.all(
      OUTPUT_NAMES.map(async (output) => (await loadReporter(output))(report, EVERYTHING).toLowerCase()),
    )
    const before = JSON.stringify([{ ...bundle, capture: null }, plain])
    const addresses = [IPV4, MAC].flatMap((pattern) => before.match(pattern) ?? []).filter(isSomebodys)
    const secrets = [...new Set(addresses)].flatMap((one) => (one.includes(':') ? spellingsOf(one) : [one]))
    for (const text of texts) {
      const words = new Set(text.match(/[0-9a-f.:-]+[0-9a-f]/g) ?? [])
      expect(secrets.filter((secret) => words.has(secret))).toEqual([])
      for (const one of namesOf(bundle)) expect(text).not.toMatch(new RegExp(`(?<![a-z0-9])${one}(?![a-z0-9])`, 'i'))
    }
    const silenced = await redactedReport(redaction, compose, accepted, NEVER)
    expect([silenced.findings, silenced.suppressed.length]).toEqual([[], plain.findings.length])
    expect(JSON.stringify(silenced.suppressed)).not.toContain(plain.addresses[0]?.ip ?? 'no address')
  })
})

/** As Linux, switches, Windows and an IPv6 address (EUI-64) write it. */
function spellingsOf(mac: string): string[] {
  const [a = 0, ...rest] = mac.split(':').map((octet) => Number.parseInt(octet, 16))
  const hex = (octets: readonly number[]) => octets.map((octet) => octet.toString(16).padStart(2, '0')).join('')
  const eui = [hex([a ^ 2, rest[0]!]), hex([rest[1]!, 0xff]), hex([0xfe, rest[2]!]), hex(rest.slice(3))]
  const short = eui.map((group) => group.replace(/^0+(?=.)/, '')).join(':')
  return [mac, mac.replaceAll(':', '-'), dotted(mac), short, `fe80::${short}`]
}

/** Not one that means the same on every machine. */
function isSomebodys(address: string): boolean {
  return !/^(?:0\.|127\.|22[4-9]\.|23\d\.|255\.|(?:00:){5}|ff:|33:33:|01:|00:00:5e:00:01)/.test(address)
}

/** Nodes, and the namespaces that are not Kubernetes' or MetalLB's own. */
function namesOf({ cluster, hosts }: Bundle): string[] {
  const nodes = cluster?.nodes.known ? cluster.nodes.value.map(({ name }) => name) : []
  const namespaces = cluster?.services.known ? cluster.services.value.map(({ namespace }) => namespace) : []
  return [...new Set([...nodes, ...hosts.map(({ name }) => name), ...namespaces.filter((name) => name !== 'default')])]
}

function bytesOf(address: string): Buffer {
  if (address.includes(':')) return Buffer.from(address.replaceAll(':', ''), 'hex')
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(parseIpv4(address) ?? 0)
  return bytes
}

const NEVER = new AbortController().signal

describe('every cluster that a rule is held to', () => {
  const clusters = listFixtures().filter(({ path }) => existsSync(join(path, 'cluster.yaml')))
  it.each(clusters.map(({ path }) => path))('%s', async (path) => {
    const bundle = caseBundle(path)
    const { bundle: redacted } = await redactAndCompare(bundle, compose, () => KEY, NEVER)
    expect(redacted.cluster?.source).toBe('redacted')
  })
})

describe('captures of neighbour discovery, listeners and adverts', () => {
  const about = /:.*:|advert|carp/
  const traces = listFixtures().filter(({ path }) => {
    const file = join(path, 'trace.txt')
    return existsSync(file) && !existsSync(join(path, 'hosts.yaml')) && about.test(readFileSync(file, 'utf8'))
  })
  const weighed = ({ findings }: Report) =>
    findings
      .map(({ rule, severity, certainty, evidence }) => [rule, severity, certainty, evidence.length].join(' '))
      .sort()

  it('are many', () => expect(traces.length).toBeGreaterThan(60))

  it.each(traces.map(({ rule, name, path }) => [`${rule} ${name}`, path]))(
    'are judged as before, and hold no MAC or address of before: %s',
    async (_, path) => {
      const bundle = caseBundle(path)
      const { capture } = bundle
      const { bundle: redacted } = await redactAndCompare(bundle, compose, () => KEY, NEVER)
      expect(weighed(await judge(redacted))).toEqual(weighed(await judge(bundle)))
      const frames = Buffer.from(redacted.capture?.bytes ?? [])
      for (const bytes of ownBytes(Buffer.from(capture?.bytes ?? [])))
        expect(frames.includes(bytes), bytes.toString('hex')).toBe(false)
    },
  )

  /** MACs of the traces (02:00:00:00:00:XX) and what the kernel makes of them (EUI-64), and the ends of the addresses that are asked for. */
  function ownBytes(capture: Buffer): Buffer[] {
    const macs = [0x11, 0x12, 0x02, 0x03].flatMap((last) => [
      Buffer.from([2, 0, 0, 0, 0, last]),
      Buffer.from([0, 0, 0, 0xff, 0xfe, 0, 0, last]),
    ])
    const addresses = [
      Buffer.from('20010db8000000000000000000000240', 'hex'),
      Buffer.from('0000000000000000ff000240', 'hex'),
    ]
    return [...macs, ...addresses].filter((bytes) => capture.includes(bytes))
  }
})

describe('the engine that captured', () => {
  const [, bundle] = bundles[0]!
  it.each(['cap', 'tcpdump', 'socket', 'file'] as const)('stays: %s', (engine) => {
    const capture = { ...bundle.capture!, source: { ...bundle.capture!.source, engine } }
    expect(redact({ ...bundle, capture }).bundle.capture?.source.engine).toBe(engine)
  })
})

describe('what cannot be redacted', () => {
  const [, healthy] = bundles.find(([name]) => name === 'healthy.bundle')!
  const withPool = (addresses: string[], labels: Record<string, string> = {}): Bundle => {
    const pools = healthy.cluster!.ipAddressPools
    if (!pools.known) throw new Error('the bundle has no pools')
    const value = pools.value.map((pool) => ({ ...pool, addresses, labels }))
    return { ...healthy, cluster: { ...healthy.cluster!, ipAddressPools: { ...pools, value } } }
  }

  it.each([['a range over most of an address', withPool(['10.0.0.0-10.200.0.0']), /a range of addresses is so wide/]])(
    'is refused: %s',
    async (_, bundle, because) => {
      await expect(redactAndCompare(bundle, compose, () => KEY, NEVER)).rejects.toMatchObject({
        gap: { subject: '--redact', reason: expect.stringMatching(because) },
      })
    },
  )

  it('is not written, and the report says so', async () => {
    const { request, adapters } = await compose(withPool(['10.77.0.240/28', '10.100.0.0-10.200.0.0']))
    const saveBundle = async (bundle: Bundle) => void (await redactAndCompare(bundle, compose, () => KEY, NEVER))
    const report = await diagnose(
      { ...request, suppressions: [] },
      { ...adapters, saveBundle },
      new AbortController().signal,
    )
    expect(report.verdict).toBe('healthy')
    expect(report.gaps.map(({ subject, decisive }) => [subject, decisive])).toEqual([['--redact', false]])
  })

  it('nor is one that is interrupted before it was compared', async () => {
    await expect(redactAndCompare(healthy, compose, () => KEY, AbortSignal.abort())).rejects.toMatchObject({
      gap: { subject: '--redact', reason: expect.stringMatching(/interrupted/) },
    })
  })

  it('keeps its pseudonyms consistent when it is redacted again', async () => {
    const twice = redact(redact(healthy).bundle).bundle
    expect((await judge(twice)).addresses[0]?.expected?.from).toBe('metallb election')
    expect((await judge(twice)).findings).toEqual([])
  })
})
