import { expect, it } from 'vitest'
import { Backlog } from '../../src/capture/backlog.js'

/** A reader with room for so many bytes at first. */
function reader(room: number) {
  const reader = { room, text: '' }
  const backlog = new Backlog((bytes, offset) => {
    if (reader.room === 0) throw Object.assign(new Error('full'), { code: 'EAGAIN' })
    const part = Buffer.from(bytes).subarray(offset, offset + reader.room)
    reader.room -= part.length
    reader.text += part.toString()
    return part.length
  })
  return { reader, backlog }
}

it('keeps what a late reader does not take, in order', () => {
  const { reader: late, backlog } = reader(4)
  for (const text of ['one', 'two', 'three']) backlog.add(Buffer.from(text))
  expect([late.text, backlog.isEmpty]).toEqual(['onet', false])
  late.room = 100
  backlog.write()
  expect([late.text, backlog.isEmpty]).toEqual(['onetwothree', true])
})

it('drops whole blocks beyond its limit', () => {
  const { reader: late, backlog } = reader(0)
  const block = Buffer.alloc(16 * 1024 * 1024, 'x')
  for (let n = 0; n < 10; n++) backlog.add(block)
  late.room = Number.POSITIVE_INFINITY
  backlog.write()
  expect(late.text.length).toBe(4 * block.length)
})

it('ends at a whole block', () => {
  const { reader: late, backlog } = reader(2)
  for (const text of ['one', 'two']) backlog.add(Buffer.from(text))
  late.room = 1
  backlog.finish(0)
  expect(late.text).toBe('one')
})

it('says that the reader has gone', () => {
  const backlog = new Backlog(() => {
    throw Object.assign(new Error('gone'), { code: 'EPIPE' })
  })
  expect(() => backlog.add(Buffer.from('one'))).toThrow('gone')
  expect(() => backlog.finish(0)).not.toThrow()
})

it('keeps of small blocks in a large buffer only what it was given', () => {
  const { reader: late, backlog } = reader(0)
  const buffer = Buffer.alloc(256 * 1024)
  const before = process.memoryUsage().arrayBuffers
  for (let n = 0; n < 2000; n++) {
    buffer.fill(n % 10 === 0 ? 'a' : 'b', 0, 58)
    backlog.add(buffer.subarray(0, 58))
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024)
  late.room = Number.POSITIVE_INFINITY
  backlog.write()
  expect(late.text).toBe(`${'a'.repeat(58)}${'b'.repeat(58 * 9)}`.repeat(200))
})
