import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { CannotLook } from '../../src/known.js'
import { parseBundle } from '../../src/workflows/bundle-file.js'

it.each([
  ['arrays by the million', `[${'[],'.repeat(5_000_000)}[]]`, /too large: it has more than 4000000 values/],
  ['a nesting without end', '['.repeat(1000), /too large: it is nested more than 100 deep/],
])('a bundle that unpacks to %s is refused before it is taken apart', (_, text, reason) => {
  const bytes = gzipSync(text)
  expect(bytes.length).toBeLessThan(100_000)
  expect(() => parseBundle(bytes, 'x.bundle')).toThrow(CannotLook)
  expect(() => parseBundle(bytes, 'x.bundle')).toThrow(reason)
})
