import { isIP } from 'node:net'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { familyOf } from '../../../src/node/parse/prefix.js'

const group = fc.stringMatching(/^[0-9a-fA-F]{0,5}$/)
const like = fc.array(fc.oneof(group, fc.constant(''), fc.ipV4()), { maxLength: 10 }).map((parts) => parts.join(':'))

it('knows addresses as Node does', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV6(), fc.ipV4(), like, fc.string()), (text) => {
      expect([text, familyOf(text) ?? 0]).toEqual([text, isIP(text)])
    }),
    { numRuns: 2000 },
  )
})

it.each([
  '::',
  '::1',
  'fe80::1%eth0',
  '::ffff:10.0.0.1',
  '1:2:3:4:5:6:7::',
  '1::8',
  '1:2:3:4:5:6:7:8',
  '1::2::3',
  ':::',
  '1:2',
  '10.0.0.1',
  '010.0.0.1',
  'default',
  '',
])('%s', (text) => {
  expect(familyOf(text) ?? 0).toBe(isIP(text))
})
