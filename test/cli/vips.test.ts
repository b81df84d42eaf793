import { describe, expect, it } from 'vitest'
import { parseVips, withVipArguments, zoneOf } from '../../src/cli/vips.js'
import { formatIp } from '../../src/wire/ip.js'

const named = (...texts: string[]) => parseVips(texts).map(formatIp)

it('reads addresses, lists, ranges and blocks, each address once', () => {
  expect(named('10.0.0.7,10.0.0.5', '10.0.0.5-6', '10.0.0.240-10.0.0.241', '10.0.1.0/30', '10.0.2.0/31')).toEqual([
    ...['10.0.0.7', '10.0.0.5', '10.0.0.6', '10.0.0.240', '10.0.0.241'],
    ...['10.0.1.1', '10.0.1.2', '10.0.2.0', '10.0.2.1'],
  ])
})

it('reads IPv6 in any spelling, beside IPv4', () => {
  expect(
    named('2001:DB8:0:0::240, 10.0.0.5', '2001:db8::240', 'fe80::1%eth0', 'fd00::9-b', 'fd00::9-fd00::a', 'fd01::/126'),
  ).toEqual([
    ...['2001:db8::240', '10.0.0.5', 'fe80::1', 'fd00::9', 'fd00::a', 'fd00::b'],
    ...['fd01::', 'fd01::1', 'fd01::2', 'fd01::3'],
  ])
})

it('takes the zone of an address for the interface', () => {
  expect([zoneOf(['fe80::1%eth0,fe80::2%eth0']), zoneOf(['fe80::1']), zoneOf(['fe80::1%my-br0'])]).toEqual([
    'eth0',
    null,
    'my-br0',
  ])
  expect(() => zoneOf(['fe80::1%eth0', 'fe80::1%eth1'])).toThrow('eth0 and eth1 are two interfaces')
})

it.each([
  ['10.0.0.1%eth0', 'not an address'],
  ['fe80::1%', 'not an address'],
  ['2001:db8::/129', 'the prefix length must be 0 to 128'],
  ['2001:db8::/64', 'more than 65536 addresses'],
  ['2001:db8::1-10.0.0.1', 'the ends are not of one family'],
  ['2001:db8::9-1', 'the range ends before it starts'],
])('refuses %s', (text, because) => {
  expect(() => parseVips([text])).toThrow(because)
})

it('takes at most 65536 addresses, in one item and in all', () => {
  expect(parseVips(['10.0.0.0/16', '10.1.0.1']).length).toBe(65_535)
  expect(() => parseVips(['10.0.0.0/15'])).toThrow('--vip 10.0.0.0/15: more than 65536 addresses; name fewer')
  expect(() => parseVips(['10.0.0.0/16', '10.1.0.0/29'])).toThrow('more than 65536 addresses in all')
})

it.each([
  '::',
  '::1',
  'ff02::1',
  '::ffff:10.0.0.1',
  '0.0.0.0',
  '0.1.2.3',
  '127.0.0.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '126.255.255.254-127.0.0.1',
])('refuses %s: no machine can hold it', (text) => {
  expect(() => parseVips([text])).toThrow(/cannot be a VIP/)
})

describe('addresses without --vip', () => {
  it('join those of the flag', () => {
    expect(withVipArguments({ vip: ['10.0.0.1'], all: false }, ['10.0.0.2'], ['all']).vip).toEqual([
      '10.0.0.1',
      '10.0.0.2',
    ])
    expect(withVipArguments({ all: true }, [], ['all'])).toEqual({ all: true })
  })

  it('exclude what the flag excludes', () => {
    expect(() => withVipArguments({ all: true }, ['10.0.0.2'], ['all'])).toThrow(
      '10.0.0.2 cannot be given together with --all',
    )
  })
})
