import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareIps, formatIp, parseIp, splitZone, whyNoHostHolds } from '../../src/wire/ip.js'
import { formatIpv6, parseIpv6 } from '../../src/wire/ipv6.js'

describe('an IPv6 address', () => {
  it.each([
    ['2001:DB8::0240', '2001:db8::240'],
    ['2001:db8:0:0:0:0:0:240', '2001:db8::240'],
    ['::', '::'],
    ['::1', '::1'],
    ['fe80::', 'fe80::'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['::ffff:10.0.0.1', '::ffff:a00:1'],
  ])('%s is written %s', (text, canonical) => {
    expect(formatIpv6(parseIpv6(text)!)).toBe(canonical)
  })

  it.each([
    '',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1::2:3:4:5:6:7:8',
    '12345::',
    'g::',
    'fe80::1%eth0',
  ])('"%s" is none', (text) => {
    expect(parseIpv6(text)).toBeNull()
  })

  it('is the same after it was written and read', () => {
    fc.assert(fc.property(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), (ip) => parseIpv6(formatIpv6(ip)) === ip))
    const sparse = fc.array(fc.constantFrom(0, 0, 0, 1, 0xffff), { minLength: 8, maxLength: 8 })
    fc.assert(
      fc.property(sparse, (groups) => {
        const text = groups.map((group) => group.toString(16)).join(':')
        expect(parseIpv6(formatIpv6(parseIpv6(text)!))).toBe(parseIpv6(text))
      }),
    )
  })
})

describe('an address of either family', () => {
  it('is one value', () => {
    expect(
      new Set([parseIp('2001:db8::1'), parseIp('2001:0db8::0:1'), parseIp('10.0.0.1'), parseIp('10.0.0.1')]).size,
    ).toBe(2)
    expect(
      ['fe80::1', '10.0.0.2', '2001:db8::1', '10.0.0.1']
        .map((text) => parseIp(text)!)
        .sort(compareIps)
        .map(formatIp),
    ).toEqual(['10.0.0.1', '10.0.0.2', '2001:db8::1', 'fe80::1'])
  })

  it('keeps its zone apart', () => {
    expect([splitZone('fe80::1%eth0'), splitZone('fe80::1')]).toEqual([
      ['fe80::1', 'eth0'],
      ['fe80::1', null],
    ])
  })

  it.each(['::', '::1', 'ff02::1', '::ffff:10.0.0.1', '224.0.0.1'])('%s is held by no machine', (text) => {
    expect(whyNoHostHolds(parseIp(text)!)).not.toBeNull()
  })

  it.each(['fe80::1', 'fd00::1', '2001:db8::1', '10.0.0.1'])('%s may be held by one', (text) => {
    expect(whyNoHostHolds(parseIp(text)!)).toBeNull()
  })
})
