import { expect, it } from 'vitest'
import type { NetworkInterface } from '../../src/capture/interfaces.js'
import { placeAmong } from '../../src/cli/watch-places.js'
import { parseIp } from '../../src/wire/ip.js'

const device = (...addresses: readonly (readonly [string, number])[]) =>
  ({ addresses: addresses.map(([ip, prefix]) => ({ ip: parseIp(ip)!, prefix })) }) as unknown as NetworkInterface
const FOUR = device(['10.0.0.5', 24], ['fe80::5', 64])
const BOTH = device(['10.0.1.5', 24], ['2001:db8:1::5', 64])
const BARE = device(['fe80::6', 64], ['10.9.9.9', 32])

it.each([
  ['10.0.1.240', [FOUR, BOTH], 1],
  ['2001:db8:1::240', [FOUR, BOTH], 1],
  ['10.0.0.240', [BARE, FOUR], 1],
  ['192.0.2.1', [FOUR, BOTH], 0],
  ['192.0.2.1', [FOUR, BARE, BOTH], 1],
  ['2001:db8:2::1', [BOTH, FOUR], 1],
  ['192.0.2.1', [FOUR, null], 0],
] as const)('%s among %#', (ip, devices, place) => {
  expect(placeAmong(devices)(parseIp(ip)!)).toBe(place)
})
