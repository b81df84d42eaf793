import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { holdsAddress, parseAddressRange } from '../../src/cluster/address-range.js'

const holds = (range: string, ip: string): boolean => {
  const parsed = parseAddressRange(range)
  return parsed !== null && holdsAddress([parsed], ip)
}

describe('address ranges', () => {
  it.each([
    ['192.168.1.240/28', '192.168.1.239', false],
    ['192.168.1.240/28', '192.168.1.240', true],
    ['192.168.1.245/28', '192.168.1.255', true],
    ['10.0.0.9-10.0.0.10', '10.0.0.10', true],
    ['10.0.0.9 - 10.0.0.10', '10.0.0.11', false],
    ['10.0.0.1', '10.0.0.1', true],
    ['0.0.0.0/0', '::1', false],
    ['0.0.0.0/0', '10.0.0.256', false],
    ['8.0.0.1', '010.0.0.1', true],
    ['10.0.0.1', '10.1', true],
    ['fd00::/64', 'fd00::ffff:1', true],
    ['fd00::1-fd00::5', 'fd00::6', false],
  ])('%s holds %s: %s', (range, ip, expected) => {
    expect(holds(range, ip)).toBe(expected)
  })

  it.each([
    '',
    'lan',
    '10.0.0.0/33',
    '10.0.0.5-10.0.0.1',
    '10.0.0.1-fd00::1',
    '10.0.0.1-10.0.0.2-10.0.0.3',
    '10.0.0.0/x',
  ])('refuses %j', (text) => expect(parseAddressRange(text)).toBeNull())

  it('never throws, and holds its own ends', () => {
    fc.assert(fc.property(fc.string(), (text) => parseAddressRange(text) === null || text !== ''))
    fc.assert(fc.property(fc.ipV4(), fc.nat(32), (ip, bits) => holds(`${ip}/${bits}`, ip)))
  })
})
