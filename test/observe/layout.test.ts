import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as ADDRESS from '../../src/observe/columns/address.js'
import * as ADDRESS_SEEN from '../../src/observe/columns/address-seen.js'
import * as CHANGE from '../../src/observe/columns/change.js'
import * as CLAIM from '../../src/observe/columns/claim.js'
import * as CLAIM_SEEN from '../../src/observe/columns/claim-seen.js'
import * as EXCHANGE from '../../src/observe/columns/exchange.js'
import * as FLOW from '../../src/observe/columns/flow.js'
import * as FLOW_KEY from '../../src/observe/columns/flow-key.js'
import * as FLOW_KIND from '../../src/observe/columns/flow-kind.js'
import * as FLOW_TRAITS from '../../src/observe/columns/flow-traits.js'
import * as GATHERED from '../../src/observe/columns/gathered.js'
import * as ID_TABLE from '../../src/observe/columns/id-table.js'
import * as KEPT from '../../src/observe/columns/kept.js'
import * as KEPT_ANSWER from '../../src/observe/columns/kept-answer.js'
import * as KNOWN_FRAME from '../../src/observe/columns/known-frame.js'
import * as LOOP from '../../src/observe/columns/loop.js'
import * as LOUD from '../../src/observe/columns/loud.js'
import * as REGION from '../../src/observe/columns/region.js'
import * as SOURCE from '../../src/observe/columns/source.js'
import * as TOTAL from '../../src/observe/columns/total.js'
import * as WAITING from '../../src/observe/columns/waiting.js'
import { CODE } from '../../src/observe/core/code.js'

type Columns = Readonly<Record<string, number>>

/** How many words a column takes where it is not one, and the words of a row that are nothing's. */
interface Row {
  readonly columns: Columns
  readonly word: 4 | 8
  readonly spans?: Columns
  /** A double that has no name: the time, over the first two words. */
  readonly time?: true
  readonly padding?: number
  /** Constants of the file that are no columns. */
  readonly others?: readonly string[]
  readonly width?: number
}

const DISCOVERED = ['six', 'hasLinkAddress', 'solicited', 'overrides']
const KEY_BYTES = ['ethernet', 'type', 'flags', 'arp', 'tpa', 'bytes', 'knownWidth']
const WAITERS = ['arp', 'firstArp', 'firstArpAnew', 'keyPlaces', 'copy', 'otherArp', 'otherDiscovery', 'settle', 'end']
const MODES = { sent: 3, answered: 3, first: 3 }
const ROWS: Readonly<Record<string, Row>> = {
  address: { columns: ADDRESS, word: 8, spans: { sent: 3, answered: 3 } },
  'address-seen': { columns: ADDRESS_SEEN, word: 4 },
  change: { columns: CHANGE, word: 4, time: true, padding: 1 },
  claim: { columns: CLAIM, word: 8, spans: { answered: 3 } },
  'claim-seen': { columns: CLAIM_SEEN, word: 4, spans: { lastAt: 2, lastGratuitousAt: 2 }, padding: 2 },
  exchange: { columns: EXCHANGE, word: 4, time: true, others: ['ring', 'ringBytes'] },
  flow: { columns: FLOW, word: 4, spans: { ...MODES, key: FLOW_KEY.width, firstAt: 2 } },
  // the first 44 bytes are the frame's
  'flow-key': {
    columns: { ...FLOW_KEY, bytesOfFrame: 0 },
    word: 4,
    spans: { bytesOfFrame: 11 },
    padding: 2,
    width: FLOW_KEY.knownWidth,
    others: [...KEY_BYTES, ...DISCOVERED],
  },
  gathered: { columns: GATHERED, word: 4, others: ['known'] },
  'id-table': {
    columns: ID_TABLE,
    word: 4,
    others: [
      'addresses',
      'asked',
      'claims',
      'conversations',
      'askedConversations',
      'senders',
      'ips',
      'count',
      'keyWords',
      'keyBytes',
    ],
  },
  kept: { columns: KEPT, word: 4, time: true, spans: { ethernet: 3 }, padding: 1 },
  'kept-answer': { columns: KEPT_ANSWER, word: 4 },
  'known-frame': {
    columns: { ...KNOWN_FRAME, bytes: 0 },
    word: 4,
    spans: { bytes: Math.ceil(KNOWN_FRAME.bytes / 4), key: FLOW_KEY.width },
    padding: 4,
  },
  loop: {
    columns: { ...LOOP, key: 0 },
    word: 4,
    spans: { key: FLOW_KEY.width, firstAt: 2, lastAt: 2 },
    padding: 1,
    others: ['copiesPerSecond'],
  },
  loud: { columns: LOUD, word: 8, spans: { run: 3, longest: 3 } },
  source: { columns: SOURCE, word: 8 },
  total: { columns: TOTAL, word: 8, spans: { loud: 3 } },
  waiting: { columns: WAITING, word: 4, others: ['whatMask', 'kind', ...WAITERS] },
}
const FILES = readdirSync('src/observe/columns').map((name) => name.replace('.ts', ''))
const NO_ROWS = ['flow-kind', 'flow-traits', 'mode', 'region', 'storm-tier']

/** The columns of a row by the words that they take. */
function wordsOf({ columns, spans = {}, time, others = [] }: Row): number[] {
  const named = Object.keys(columns).filter((name) => !['width', 'rowBytes', ...others].includes(name))
  const words = named.flatMap((name) => Array.from({ length: spans[name] ?? 1 }, (_, word) => columns[name]! + word))
  return (time ? [0, 1, ...words] : words).sort((one, other) => one - other)
}

/** Of 32-bit words: the columns of two that are a double. */
function doublesOf({ spans = {} }: Row): string[] {
  return Object.keys(spans).filter((name) => /At$/.test(name))
}

describe('a row', () => {
  it.each(Object.entries(ROWS))('of %s has columns that neither overlap nor pass its end', (_, row) => {
    const words = wordsOf(row)
    const width = row.width ?? row.columns['width']!
    expect(words).toEqual([...new Set(words)])
    expect(words.every((word) => word >= 0 && word < width)).toBe(true)
    expect(width - words.length).toBe(row.padding ?? 0)
    expect(row.columns['rowBytes']).toBe(width * row.word)
  })

  it.each(Object.entries(ROWS))('of %s has its padding at its end, or before a double', (_, row) => {
    const words = wordsOf(row)
    const doubles = doublesOf(row).map((name) => row.columns[name]!)
    const loose = words.filter((word, place) => word !== (words[place - 1] ?? -1) + 1)
    expect(loose.filter((word) => !doubles.includes(word))).toEqual([])
  })

  it.each(Object.entries(ROWS))('of %s has its doubles at even words', (_, row) => {
    const { columns, word, time } = row
    const doubles = doublesOf(row)
    expect(word === 8 ? [] : doubles.filter((name) => columns[name]! % 2 !== 0)).toEqual([])
    if (time === true || doubles.length > 0) expect(columns['rowBytes']! % 8).toBe(0)
  })

  it('is described for every file of columns', () => {
    expect([...Object.keys(ROWS), ...NO_ROWS].sort()).toEqual(FILES.sort())
  })
})

it('gives each table that gives out numbers a row of its own', () => {
  const { addresses, asked, claims, conversations, askedConversations, senders, ips } = ID_TABLE
  const tables = [addresses, asked, claims, conversations, askedConversations, senders, ips]
  expect(tables).toEqual(Array.from({ length: ID_TABLE.count }, (_, table) => table))
})

const { allAddresses, maxAsked, allClaims, maxConversations, maxSenders, maxIps, maxFlows, maxKnownFrames, rates } =
  REGION
/** What lies in each region: rows, and the bytes of one. */
const REGIONS: Readonly<Record<string, readonly [rows: number, bytes: number]>> = {
  key: [1, 48],
  queueTail: [1, 4],
  queueHead: [1, 4],
  discovery: [3, 16],
  totals: [1, TOTAL.width * 8],
  gathered: [REGION.gatheredFrames, GATHERED.width * 4],
  chunk: [REGION.maxChunk, 1],
  copy: [REGION.maxChunk, 1],
  queue: [REGION.queuePlaces, WAITING.width * 4],
  flowKeys: [maxFlows, FLOW_KEY.knownWidth * 4],
  flowSlots: [2 * maxFlows, 4],
  flows: [maxFlows, FLOW.width * 4],
  claimsSeen: [allClaims, CLAIM_SEEN.width * 4],
  addressesSeen: [allAddresses, ADDRESS_SEEN.width * 4],
  rates: [rates, 4],
  rateTotals: [rates, 4],
  // all that can be active, and one that is written ahead
  activeRates: [rates + 1, 4],
  loudNumbers: [rates, 4],
  loud: [3 * REGION.maxLoud, LOUD.width * 8],
  opened: [2 * maxConversations, 4],
  rings: [2 * maxConversations * EXCHANGE.ring, EXCHANGE.width * 4],
  kept: [REGION.maxKept, KEPT.width * 4],
  keptAnswers: [REGION.maxKeptAnswers, KEPT_ANSWER.width * 4],
  changes: [REGION.maxChanges, CHANGE.width * 4],
  sources: [REGION.maxSources * allClaims, SOURCE.width * 8],
  loops: [REGION.maxLoops, LOOP.width * 4],
  samples: [REGION.sampleBlocks * REGION.blockSamples, 4],
  stormFrames: [REGION.maxStormFrames, 4],
  claims: [allClaims, CLAIM.width * 8],
  addresses: [allAddresses, ADDRESS.width * 8],
  idTables: [ID_TABLE.count, ID_TABLE.width * 4],
  addressKeys: [allAddresses, 16],
  askedKeys: [maxAsked, 16],
  claimKeys: [allClaims, 16],
  conversationKeys: [maxConversations, 16],
  askedConversationKeys: [maxConversations, 16],
  senderKeys: [maxSenders, 16],
  ipKeys: [maxIps, 16],
  addressSlots: [524_288, 4],
  askedSlots: [4 * maxAsked, 4],
  claimSlots: [4 * allClaims, 4],
  conversationSlots: [4 * maxConversations, 4],
  askedConversationSlots: [4 * maxConversations, 4],
  senderSlots: [4 * maxSenders, 4],
  ipSlots: [4 * maxIps, 4],
  peakTimes: [REGION.peakEntries, 8],
  peakCounts: [REGION.peakEntries, 4],
  knownFrames: [maxKnownFrames, KNOWN_FRAME.width * 4],
  knownSlots: [2 * maxKnownFrames, 4],
}

const region: Columns = REGION
/** Parts of a region that have a place of their own. */
const PARTS = ['discoverySource', 'discoveryDestination', 'discoveryTarget']

describe('a region', () => {
  it('is described for every place that there is', () => {
    const places = Object.keys(REGION).flatMap((name) => name.match(/^(.+)At$/)?.[1] ?? [])
    expect(Object.keys(REGIONS).sort()).toEqual(places.filter((name) => !PARTS.includes(name)).sort())
  })

  it('is as long as what lies in it, and overlaps no other', () => {
    const placed = Object.entries(REGIONS).map(([name, [rows, bytes]]) => {
      expect(region[`${name}Bytes`], name).toBeGreaterThanOrEqual(rows * bytes)
      return { name, at: region[`${name}At`]!, end: region[`${name}At`]! + region[`${name}Bytes`]! }
    })
    placed.sort((one, other) => one.at - other.at)
    const wrong = placed.filter(({ end }, place) => end > (placed[place + 1]?.at ?? REGION.end))
    expect(wrong).toEqual([])
  })

  it('wastes at most a line or two of the cache', () => {
    const used = Object.entries(REGIONS).map(([, [rows, bytes]]) => rows * bytes)
    expect(REGION.end - used.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(1024)
  })

  it('begins where a double can, a row of a flow where the queue has bits of its own, a shared word on its own line', () => {
    expect(Object.keys(REGIONS).filter((name) => region[`${name}At`]! % 8 !== 0)).toEqual([])
    expect([REGION.flowsAt, FLOW.rowBytes].map((place) => place & WAITING.whatMask)).toEqual([0, 0])
    expect([REGION.queueTailAt, REGION.queueHeadAt, REGION.knownFramesAt].map((place) => place % 64)).toEqual([0, 0, 0])
    const [tail, head, after] = [REGION.queueTailAt, REGION.queueHeadAt, REGION.discoveryAt]
    expect(Math.min(head - tail, after - head)).toBeGreaterThanOrEqual(128)
  })

  it.each([
    ['addressSlots', allAddresses],
    ['askedSlots', maxAsked],
    ['claimSlots', allClaims],
    ['conversationSlots', maxConversations],
    ['senderSlots', maxSenders],
    ['ipSlots', maxIps],
    ['flowSlots', maxFlows],
    ['knownSlots', maxKnownFrames],
  ])('%s are a power of two, and twice as many as keys', (name, keys) => {
    expect(region[name]! & (region[name]! - 1)).toBe(0)
    expect(region[name]).toBeGreaterThanOrEqual(2 * keys)
    expect(region[name]).toBeLessThanOrEqual(4 * keys)
  })
})

describe('bits', () => {
  it('of a flow do not overlap', () => {
    const { stackMask, kind, kindMask, mode, rate, six, twoBits } = FLOW_TRAITS
    const fields = [stackMask, kindMask << kind, twoBits << mode, twoBits << rate, 1 << six]
    expect(fields.reduce((sum, bits) => sum + bits)).toBe(fields.reduce((all, bits) => all | bits))
    expect(stackMask).toBe(REGION.maxStacks - 1)
    expect(FLOW_TRAITS.noRate).toBe(REGION.rateKinds)
  })

  it('of a kind of frame are one each, and all that a flow keeps fit its traits', () => {
    const bits = Object.values(FLOW_KIND)
    expect(bits.toSorted((one, other) => one - other)).toEqual(bits.map((_, place) => 1 << place))
    const { freeOrNot: _, ...kept } = FLOW_KIND
    expect(Object.values(kept).filter((bit) => (bit & FLOW_TRAITS.kindMask) === 0)).toEqual([])
  })

  it('of what waits tell what it is, from the address of a row and from a kind', () => {
    const { whatMask, kind, arp, firstArp, firstArpAnew, copy, otherArp, otherDiscovery, settle, end } = WAITING
    const whats = [arp, firstArp, firstArpAnew, copy, otherArp, otherDiscovery, settle, end]
    expect(whats.toSorted((one, other) => one - other)).toEqual([...whats.keys()])
    expect(whats.length - 1).toBeLessThanOrEqual(whatMask)
    expect((1 << kind) - 1).toBe(whatMask)
    expect(WAITING.keyPlaces * WAITING.rowBytes).toBe(FLOW_KEY.bytes)
  })

  it('of a gathered frame lie above every number', () => {
    expect(GATHERED.known).toBeGreaterThan(Math.max(maxFlows, maxKnownFrames) + 1)
    expect(GATHERED.known & (GATHERED.known - 1)).toBe(0)
    expect(FLOW_KEY.six).toBeGreaterThan(REGION.maxStacks)
  })

  it('of an exchange: the ring is a power of two', () => {
    expect(EXCHANGE.ring & (EXCHANGE.ring - 1)).toBe(0)
    expect(REGION.queuePlaces & (REGION.queuePlaces - 1)).toBe(0)
  })
})

describe('the sources of the core', () => {
  const files = ['src/observe', 'src/observe/core', 'src/workflows'].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `${folder}/${name}`),
  )

  it('know each file of columns by one name', () => {
    const imports = files.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/import \* as (\w+) from '[^']*columns\/([\w-]+)(\.js)?'/g)].map(
        ([, alias, name, ending]) => ({ file, alias, name, ending }),
      ),
    )
    expect(imports.length).toBeGreaterThan(50)
    const wrong = imports.filter(
      ({ alias, name, ending }) => ending !== '.js' || alias !== name!.toUpperCase().replaceAll('-', '_'),
    )
    expect(wrong).toEqual([])
  })

  it('are tested with their assertions', () => {
    const [checked, released] = ['checked-code.ts', 'code.ts'].map((name) =>
      readFileSync(`src/observe/core/${name}`, 'utf8'),
    )
    expect(checked).toContain(CODE)
    expect(released).not.toContain(CODE)
  })
})
