import { describe, expect, it } from 'vitest'
import { entriesFor, parseOwnNeighbours } from '../../src/capture/own-neighbours.js'
import { parseIpv4 } from '../../src/wire/ipv4.js'
import { parseMac } from '../../src/wire/mac.js'

const [VIP, OTHER] = [parseIpv4('10.0.0.240')!, parseIpv4('10.0.0.1')!]
const mac = parseMac('02:00:00:00:00:77')!

// as iproute2 6.1 prints it: a FAILED entry has no lladdr
const TABLE = JSON.stringify([
  { dst: '10.0.0.240', dev: 'eth0', lladdr: '02:00:00:00:00:77', state: ['STALE'] },
  { dst: '10.0.0.240', dev: 'br0', lladdr: '02:00:00:00:00:77', state: ['PERMANENT'] },
  { dst: '10.0.0.240', dev: 'eth1', lladdr: '02:00:00:00:00:77', state: ['REACHABLE'] },
  { dst: '10.0.0.1', dev: 'eth0', lladdr: '02:00:00:00:00:77', state: ['REACHABLE'] },
  { dst: '10.0.0.9', dev: 'eth0', state: ['FAILED'] },
  {},
])
const entries = parseOwnNeighbours(TABLE)!

describe('the neighbour table of the machine that asks', () => {
  it('is read as ip prints it, entries without a MAC left out', () => {
    expect(entries).toHaveLength(4)
    expect(entries[0]).toEqual({ ip: VIP, interface: 'eth0', mac, states: ['STALE'] })
  })

  it('is unknown where ip prints no JSON, and empty where it prints nothing', () => {
    expect(parseOwnNeighbours('10.0.0.240 dev eth0 lladdr 02:00:00:00:00:77 STALE')).toBeNull()
    expect(['', '\n', '[]', '[ ]'].map(parseOwnNeighbours)).toEqual([[], [], [], []])
  })

  it('counts on the interface looked at, and on the bridge that it is a port of', () => {
    const at = (device: Parameters<typeof entriesFor>[2], vips = [VIP]) =>
      entriesFor(entries, vips, device).map((one) => `${one.interface} ${one.states}`)
    expect(at({ name: 'eth0', portOf: null, related: [] })).toEqual(['eth0 STALE'])
    expect(at({ name: 'eth0', portOf: 'bridge', related: ['br0'] })).toEqual(['eth0 STALE', 'br0 PERMANENT'])
    // a VLAN device lies on top of its parent, whose table is about another network
    expect(at({ name: 'eth1', portOf: null, related: ['eth0'] })).toEqual(['eth1 REACHABLE'])
    expect(at({ name: 'eth0', portOf: null, related: [] }, [OTHER])).toEqual(['eth0 REACHABLE'])
    expect(at({ name: 'eth0', portOf: null, related: [] }, [])).toEqual(['eth0 STALE', 'eth0 REACHABLE'])
  })
})
