import { expect, it } from 'vitest'
import { parseNeighbourChange } from '../../src/capture/neighbour-monitor.js'

const at = Date.UTC(2026, 10, 29, 12, 0, 0) * 1000 + 123_456
const [ip, ip6] = [0x0a4d00f0, 0xfd77_0000_0000_0000_0000_0000_0000_0240n]

it.each([
  ['10.77.0.240 dev eth0 lladdr 02:00:00:00:00:12 REACHABLE', { ip, interface: 'eth0', mac: 0x020000000012 }],
  ['Deleted 10.77.0.240 dev eth0 lladdr 02:00:00:00:00:12 STALE', { ip, interface: 'eth0', mac: null }],
  ['10.77.0.240 dev br0.7 FAILED', { ip, interface: 'br0.7', mac: null }],
  ['fd77::240 dev eth0 lladdr 02:00:00:00:00:12 router STALE', { ip: ip6, interface: 'eth0', mac: 0x020000000012 }],
])('%s', (text, change) => {
  expect(parseNeighbourChange(`[2026-11-29T12:00:00.123456] ${text}`)).toEqual({ at, ...change })
})

it.each([
  '',
  'Timestamp: Sun Nov 29',
  '10.77.0.240 dev eth0 FAILED',
  '[x.123456] 10.77.0.240 dev eth0',
  '[2026-11-29T12:00:00.123456] x dev y',
])('of %j nothing', (line) => expect(parseNeighbourChange(line)).toBeNull())
