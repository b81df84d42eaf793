import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { beyondBounds, parseBoundedJson } from '../src/bounded-json.js'

const GENEROUS = { values: 1_000_000, depth: 1000 }

describe('JSON from outside', () => {
  it('is what JSON.parse makes of it, as long as it is within the bounds', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value)
        expect(parseBoundedJson(text, GENEROUS)).toEqual(JSON.parse(text))
      }),
    )
  })

  it.each([
    ['many small arrays', `[${'[],'.repeat(99)}[]]`],
    ['many numbers', `[${'0,'.repeat(100)}0]`],
    ['many members', `{${Array.from({ length: 101 }, (_, at) => `"${at}":0`).join()}}`],
  ])('is refused for its number of values: %s', (_, text) => {
    expect(beyondBounds(text, { values: 100, depth: 10 })).toMatch(/more than 100 values/)
    expect(() => parseBoundedJson(text, { values: 100, depth: 10 })).toThrow(RangeError)
  })

  it('is refused for its depth, of arrays and objects, in short texts and long ones', () => {
    for (const blank of [0, 200_000]) {
      const space = ' '.repeat(blank)
      const [within, beyond] = [10, 11].map(
        (deep) => `${'{"a":['.repeat(deep / 2)}${deep % 2 ? '[]' : ''}${space}${']}'.repeat(deep / 2)}`,
      )
      expect(parseBoundedJson(within!, { values: 1_000_000, depth: 10 })).toBeTruthy()
      expect(() => parseBoundedJson(beyond!, { values: 1_000_000, depth: 10 })).toThrow(/10 deep/)
    }
  })

  it('is refused for its depth before it is parsed', () => {
    expect(beyondBounds(`${'['.repeat(11)}${']'.repeat(11)}`, { values: 100, depth: 10 })).toMatch(/10 deep/)
    expect(beyondBounds(`[${'[],'.repeat(20)}0]`, { values: 100, depth: 2 })).toBeNull()
  })

  it.each([',,,,', '[[[[', '\\"', '\\\\', '\\\\\\",[,'])('does not count what stands in a text: %j', (inside) => {
    const text = `["${inside}"]`
    expect(beyondBounds(text, { values: 2, depth: 1 })).toBeNull()
    expect(parseBoundedJson(text, { values: 2, depth: 1 })).toEqual(JSON.parse(text))
  })
})
