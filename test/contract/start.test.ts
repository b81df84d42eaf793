import { expect, it } from 'vitest'
import { readSources, type Source } from './sources.js'

/**
 * What a run loads before it begins, and what it must not: half of a short run is loading. What needs a cluster, a host or another
 * format is imported where there is one.
 */
const SCAN = [
  'commands/scan.ts',
  'src/workflows/scan.ts',
  'src/workflows/see-file.ts',
  'src/report/reporters/pretty.ts',
]
const NOT_FOR_A_CAPTURE =
  /^(?:yaml|semver|zod|ipaddr\.js|@kubernetes\/client-node|src\/cluster\/(?:announcers(?!\/(?:for-people|(?:[\w-]+\/)?people)\.ts)|normalise)\/.*|src\/node\/parse\/.*|src\/answering\/(?:predict|answerer|change\/parse)\.ts|src\/facts\/answers\/.*|src\/diagnosis\/(?:trial|known)\.ts)$/
const HOSTS = [
  'commands/audit-node.ts',
  'src/workflows/audit-node.ts',
  'src/node/snapshot-files.ts',
  'src/rules/host-rules.ts',
]
const NOT_FOR_HOSTS =
  /^(?:yaml|semver|@kubernetes\/client-node|src\/cluster\/(?:announcers(?!\/(?:for-people|(?:[\w-]+\/)?people)\.ts)|normalise)\/.*|src\/observe\/core.*)$/

const sources = new Map(readSources(['src', 'commands']).map((source) => [source.path, source]))

it.each([
  ['a scan of a capture', SCAN, NOT_FOR_A_CAPTURE],
  ['an audit of hosts', HOSTS, NOT_FOR_HOSTS],
])('%s loads nothing that only others need', (_, entries, others) => {
  const loaded = atOnce(entries.map((path) => sources.get(path)!))
  const reached = loaded.flatMap(({ path, imports }) =>
    imports
      .filter(({ typeOnly, lazy }) => !typeOnly && !lazy)
      .map(({ specifier, file }) => file ?? specifier)
      .filter((name) => others.test(name))
      .map((name) => `${path} imports ${name}`),
  )
  expect(reached).toEqual([])
  expect(loaded.length).toBeGreaterThan(100)
})

/** The sources and all that they import at once. */
function atOnce(start: readonly Source[]): Source[] {
  const reached = new Set(start)
  for (const { imports } of reached) {
    for (const { file, typeOnly, lazy } of imports) {
      const next = file === null || typeOnly || lazy ? undefined : sources.get(file)
      if (next) reached.add(next)
    }
  }
  return [...reached]
}
