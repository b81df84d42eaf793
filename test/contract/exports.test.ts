import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const EXPORT = /^export (?:abstract )?(?:async )?(?:const|function\*?|class|let) (\w+)/gm

it('exports nothing from src that no other file names', () => {
  const sources = ['src', 'commands', 'test', 'bin'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|m?js)$/.test(name))
      .map((name) => join(folder, name)),
  )
  const texts = sources.map((path) => ({ path, text: readFileSync(path, 'utf8') }))
  const holders = new Map<string, number>()
  for (const { text } of texts)
    for (const word of new Set(text.match(/\w+/g))) holders.set(word, (holders.get(word) ?? 0) + 1)
  // the core is compiled by itself, and both languages read the columns
  const exported = texts
    .filter(({ path }) => /^src\/(?!observe\/(core|columns)\/)/.test(path))
    .flatMap(({ path, text }) => [...text.matchAll(EXPORT)].map(([, name]) => ({ path, name: name! })))
  expect(exported.length).toBeGreaterThan(500)
  expect(exported.filter(({ name }) => holders.get(name) === 1)).toEqual([])
})
