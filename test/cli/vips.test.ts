import { expect, it } from 'vitest'
import { parseVips } from '../../src/cli/vips.js'
import { formatIpv4 } from '../../src/wire/ipv4.js'

const named = (...texts: string[]) => parseVips(texts).map(formatIpv4)

it('reads addresses, lists, ranges and blocks, each address once', () => {
  expect(named('10.0.0.7,10.0.0.5', '10.0.0.5-6', '10.0.0.240-10.0.0.241', '10.0.1.0/30', '10.0.2.0/31')).toEqual([
    ...['10.0.0.7', '10.0.0.5', '10.0.0.6', '10.0.0.240', '10.0.0.241'],
    ...['10.0.1.1', '10.0.1.2', '10.0.2.0', '10.0.2.1'],
  ])
})

it('takes at most 65536 addresses, in one item and in all', () => {
  expect(parseVips(['10.0.0.0/16', '10.1.0.1']).length).toBe(65_535)
  expect(() => parseVips(['10.0.0.0/15'])).toThrow('--vip 10.0.0.0/15: more than 65536 addresses; name fewer')
  expect(() => parseVips(['10.0.0.0/16', '10.1.0.0/29'])).toThrow('more than 65536 addresses in all')
})
