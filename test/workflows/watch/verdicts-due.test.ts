import { expect, it } from 'vitest'
import { VerdictsDue } from '../../../src/workflows/watch/verdicts-due.js'

const [A, B, C] = [0x0a0000f0, 0x0a0000f1, 0x0a0000f2]

it('a verdict is due from the begin of the asking until a window of it ends, not of a window that only listened at first', () => {
  const due = new VerdictsDue()
  due.began(1, 'none')
  expect(due.among([A, B], 'none', [])).toEqual([])
  expect(due.among([A, B], 'all', [])).toEqual([A, B])
  due.began(2, 'all')
  due.ended(1, [A, B])
  expect(due.among([A, B], 'all', [])).toEqual([A, B])
  due.began(3, 'all')
  due.ended(2, [A, B])
  expect(due.among([A, B], 'all', [])).toEqual([])
})

it('none is due where a window shows nothing, as one that is blind, nor for what no window of ours can judge', () => {
  const due = new VerdictsDue()
  due.began(1, 'all')
  expect(due.among([A, B], 'all', [B])).toEqual([A])
  due.began(2, 'all')
  due.ended(2, [A, B])
  expect(due.among([A, B], 'all', [])).toEqual([])
})

it('one is due for an address that comes while a window goes on, until the next one ends', () => {
  const due = new VerdictsDue()
  due.began(1, 'all')
  due.began(2, 'all')
  due.ended(1, [A])
  expect(due.among([A, B], 'all', [])).toEqual([B])
  due.began(3, 'all')
  due.ended(2, [A, B])
  expect(due.among([A, B], 'all', [])).toEqual([])
})

it('one is due for what a part has gained, and again where the asking was given up meanwhile', () => {
  const due = new VerdictsDue()
  due.began(1, new Set([A]))
  due.began(2, new Set([A, C]))
  due.ended(1, [A, B, C])
  expect(due.among([A, B, C], new Set([A, C]), [])).toEqual([C])
  due.began(3, 'none')
  due.ended(2, [A, B, C])
  due.began(4, 'all')
  due.ended(3, [A, B, C])
  expect(due.among([A, B, C], 'all', [])).toEqual([A, B, C])
})
