import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ListCutter } from '../../src/cluster/list-cutter.js'

/** What comes out when a body arrives in pieces of these sizes, again and again. */
function cut(body: string, sizes: readonly number[] = [body.length + 1]) {
  const items: unknown[] = []
  const cutter = new ListCutter((item) => items.push(item))
  const bytes = Buffer.from(body)
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length]!
    cutter.push(bytes.subarray(at, at + size))
    at += size
  }
  return { items, rest: cutter.end() }
}

describe('cutting a list', () => {
  const texts = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('"items":[', '\\', '"', ']}', '{[', '\\"'))
  const objects = fc.dictionary(texts, fc.oneof(texts, fc.jsonValue()), { noNullPrototype: true })
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 })

  it('gives every item and the rest of any list, in whatever pieces it comes', () => {
    const lists = fc.record({ kind: texts, metadata: objects, items: fc.array(objects), more: objects })
    fc.assert(
      fc.property(lists, sizes, fc.constantFrom(0, 2), (list, pieces, indent) => {
        const { items, rest } = cut(JSON.stringify(list, null, indent), pieces)
        expect([items, rest]).toEqual(JSON.parse(JSON.stringify([list.items, { ...list, items: [] }])))
      }),
    )
  })

  it('leaves anything else whole, in whatever pieces it comes', () => {
    fc.assert(
      fc.property(fc.oneof(objects, fc.jsonValue()), sizes, (value, pieces) => {
        fc.pre(!Array.isArray((value as { items?: unknown } | null)?.items))
        expect(cut(JSON.stringify(value), pieces)).toEqual({ items: [], rest: JSON.parse(JSON.stringify(value)) })
      }),
    )
  })

  it.each([
    ['a page of HTML', '<html>Please log in</html>'],
    ['a list that ends early', '{"items":[{"a":1},{"b"'],
    ['an item that is no JSON', '{"items":[{"a":1},{b:2}]}'],
    ['nothing', ''],
  ])('takes %s for no JSON', (_, body) => {
    expect(cut(body).rest).toBeNull()
  })

  it('leaves items under an escaped key where they are', () => {
    expect(cut('{"\\u0069tems":[{"a":1}]}')).toEqual({ items: [], rest: { items: [{ a: 1 }] } })
  })
})

it('gives up on an item larger than any that etcd holds, without copying it again and again', () => {
  const items: unknown[] = []
  const cutter = new ListCutter((item) => items.push(item))
  cutter.push(Buffer.from('{"items":[{"name":"small"},{"name":"'))
  const piece = Buffer.alloc(1024 * 1024, 'x')
  for (let count = 0; count < 40; count++) cutter.push(piece)
  cutter.push(Buffer.from('"}]}'))
  expect(items).toEqual([{ name: 'small' }])
  expect(cutter.end()).toBeNull()
})
