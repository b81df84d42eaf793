import { describe, expect, it } from 'vitest'
import { Handover } from '../../src/cli/handover.js'

/** A word for each event in its order: `t5` the thread heard a signal at 5, `l7/1` the main one left at 7, having heard one. */
function told(events: string): number {
  let count = 0
  const handover = new Handover(() => count++)
  for (const event of events.split(' ')) {
    const [at, heard] = event.slice(1).split('/')
    if (event.startsWith('t')) handover.take(BigInt(at!))
    else handover.leave(BigInt(at!), Number(heard))
  }
  return count
}

describe('a signal while the watching thread takes over', () => {
  it.each([
    ['l7/0 t8', 1, 'after it'],
    ['l7/0 t8 t9', 2, 'two after it'],
    ['t5 l7/1', 0, 'heard by both, the thread named it first'],
    ['l7/1 t5', 0, 'heard by both, the main one first'],
    ['l7/0 t5', 1, 'that the main thread did not hear any more'],
    ['t5 l7/0', 1, 'that the main thread did not hear, named before it left'],
    ['l7/1 t5 t8', 1, 'heard by both, and one after it'],
    ['t5 t6 l7/1', 1, 'two, of which the main thread heard one'],
  ])('%s: %d left to tell, %s', (events, count) => {
    expect(told(events)).toBe(count)
  })
})
