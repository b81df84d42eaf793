import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readSources, type Source } from './sources.js'

/** Who may import whom: `wire` ← `observe`, `probe`, `capture` ← `facts` (with `cluster`, `node`, `answering`) ← `rules` ← `report` (with `check`) ← `workflows` ← `commands`. */
const MODELS = ['wire', 'observe', 'probe', 'cluster', 'node', 'neighbours']
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  files: [],
  wire: [],
  observe: ['wire'],
  failover: ['wire'],
  probe: ['wire', 'observe'],
  capture: ['wire', 'probe', 'files'],
  redact: ['wire'],
  cluster: ['redact'],
  node: ['wire', 'redact', 'files'],
  neighbours: ['wire'],
  answering: ['wire', 'node'],
  facts: [...MODELS, 'answering'],
  rules: [...MODELS, 'answering', 'facts'],
  diagnosis: ['wire', 'node', 'answering', 'facts', 'rules'],
  report: ['wire', 'observe', 'failover', 'probe', 'node', 'neighbours', 'facts', 'rules', 'diagnosis'],
  check: ['wire', 'facts', 'rules', 'report'],
  watch: ['rules', 'report'],
  metrics: ['cluster', 'watch'],
  lab: [],
  workflows: [
    ...MODELS,
    'failover',
    'answering',
    'redact',
    'capture',
    'facts',
    'rules',
    'diagnosis',
    'report',
    'check',
    'watch',
    'lab',
  ],
  cli: [
    'wire',
    'probe',
    'cluster',
    'node',
    'neighbours',
    'answering',
    'capture',
    'facts',
    'rules',
    'report',
    'check',
    'watch',
    'metrics',
    'workflows',
    'files',
  ],
  commands: ['cli', 'workflows', 'report', 'rules'],
}

/** Packages that only one place may know. */
const OWNERS: readonly (readonly [pkg: RegExp, place: RegExp])[] = [
  [/^cap$/, /^src\/capture\//],
  [/^@kubernetes\/client-node$/, /^src\/cluster\/kubernetes\.ts$/],
  [/^(chalk|cli-table3)$/, /^src\/report\/reporters\//],
  [/^prom-client$/, /^src\/metrics\//],
  [/^@oclif\//, /^(src\/cli|commands)\//],
]

/** Rooms without clock, file, network, chance or terminal. */
const PURE = [
  'wire',
  'redact',
  'observe',
  'failover',
  'neighbours',
  'answering',
  'facts',
  'rules',
  'report',
  'check',
  'watch',
]

/** Parts of Node that only compute. */
const COMPUTING = ['node:buffer', 'node:crypto', 'node:util']

const sources = readSources(['src', 'commands'])
const byPath = new Map(sources.map((source) => [source.path, source]))

/** `wire` of src/wire/mac.ts, `commands`; null for src/known.ts, the shared bottom vocabulary. */
function roomOf(path: string): string | null {
  const [top, room] = path.split('/')
  if (top !== 'src') return top ?? null
  return room?.endsWith('.ts') ? null : (room ?? null)
}

const inPureRooms = sources.filter(({ path }) => PURE.includes(roomOf(path) ?? ''))

describe.each(Object.entries(MAY_IMPORT))('%s', (room, allowed) => {
  it(`imports nothing but ${allowed.join(', ') || 'itself'}`, () => {
    const wrong = sources
      .filter(({ path }) => roomOf(path) === room)
      .flatMap(({ path, imports }) => imports.map(({ file }) => ({ path, file, to: file && roomOf(file) })))
      .filter(({ to }) => to !== null && to !== room && !allowed.includes(to))
    expect(wrong).toEqual([])
  })
})

it('permits nothing that no file uses', () => {
  const used = new Set(
    sources.flatMap(({ path, imports }) => imports.map(({ file }) => `${roomOf(path)} ${file && roomOf(file)}`)),
  )
  const unused = Object.entries(MAY_IMPORT).flatMap(([room, allowed]) =>
    allowed.map((other) => `${room} ${other}`).filter((pair) => !used.has(pair) && pair !== `${room} ${room}`),
  )
  expect(unused).toEqual([])
})

it('is the table of docs/design.md', () => {
  const rows = Object.entries(MAY_IMPORT).map(([room, allowed]) => `| ${room} | ${allowed.join(', ') || 'nothing'} |`)
  const page = readFileSync('docs/design.md', 'utf8').split('\n')
  expect(rows.filter((row) => !page.includes(row))).toEqual([])
})

it('knows every room', () => {
  const rooms = new Set(sources.map(({ path }) => roomOf(path)).filter((room) => room !== null))
  expect([...rooms].filter((room) => !(room in MAY_IMPORT))).toEqual([])
})

it('keeps each package in its place', () => {
  const wrong = OWNERS.flatMap(([pkg, place]) =>
    sources.filter(({ path, imports }) => !place.test(path) && imports.some(({ specifier }) => pkg.test(specifier))),
  )
  expect(wrong.map(({ path }) => path)).toEqual([])
})

it('has no clock, process, console or chance in the pure rooms', () => {
  expect(inPureRooms.flatMap(({ impurities }) => impurities)).toEqual([])
})

it('sees them where they are', () => {
  expect(readSources(['src/cli']).flatMap(({ impurities }) => impurities.map((one) => one.split(' ')[1]))).toContain(
    'process',
  )
})

it('lets the pure rooms reach nothing of Node that does more than compute, through any import', () => {
  const reached = closure(inPureRooms)
  const wrong = reached.flatMap(({ path, imports }) =>
    imports
      .filter(({ specifier, typeOnly }) => !typeOnly && specifier.startsWith('node:') && !COMPUTING.includes(specifier))
      .map(({ specifier }) => `${path} imports ${specifier}`),
  )
  expect(wrong).toEqual([])
})

/** The sources and all that they import at run time. */
function closure(start: readonly Source[]): Source[] {
  const reached = new Set(start)
  for (const { imports } of reached) {
    for (const { file, typeOnly } of imports) {
      const next = file === null || typeOnly ? undefined : byPath.get(file)
      if (next) reached.add(next)
    }
  }
  return [...reached]
}

it('has no circle, of types neither', () => {
  const importers = new Set(sources.map(({ path }) => path))
  const within = (path: string) =>
    byPath.get(path)!.imports.some(({ file }) => file !== null && file !== path && importers.has(file))
  // a file that imports none of those left is in no circle
  for (let left = Number.POSITIVE_INFINITY; importers.size < left; ) {
    left = importers.size
    for (const path of importers) if (!within(path)) importers.delete(path)
  }
  expect([...importers]).toEqual([])
})

it('resolves every import within the tree', () => {
  const missing = sources.flatMap(({ path, imports }) =>
    imports.filter(({ file }) => file !== null && !byPath.has(file)).map(({ specifier }) => `${path}: ${specifier}`),
  )
  expect(missing).toEqual([])
})
