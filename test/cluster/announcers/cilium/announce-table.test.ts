import { describe, expect, it } from 'vitest'
import { readAnnounceTable } from '../../../../src/cluster/announcers/cilium/announce-table.js'
import { CannotLook } from '../../../../src/known.js'

const read = (text: string) => readAnnounceTable(text, 'node-a', 'node-a.txt').addresses

describe("what Cilium's agent prints", () => {
  it('is the table of db/show and of statedb', () => {
    const text = 'IP               NetworkInterface\n10.77.0.240      eth0\n2001:db8::240    eth0\n'
    expect(read(text).map(({ ip, sent }) => [ip, sent])).toEqual([
      ['10.77.0.240', null],
      ['2001:db8::240', null],
    ])
  })

  it('may be an empty table', () => expect(read('IP   NetworkInterface\n')).toEqual([]))

  it('is one table of the JSON of statedb dump', () => {
    const text = JSON.stringify({
      devices: [],
      'l2-announce': [{ IP: '10.77.0.240', NetworkInterface: 'eth0', Origins: [] }],
    })
    expect(read(text)).toEqual([{ ip: '10.77.0.240', received: null, sent: null }])
  })

  it('is the map of its responder, addresses as they lie in memory, with the answers sent', () => {
    const text = JSON.stringify([{ key: { ip4: 0xf0_00_4d_0a, ifindex: 2 }, value: { responses_sent: 20 } }])
    expect(read(text)).toEqual([{ ip: '10.77.0.240', received: null, sent: 20 }])
  })

  it('tells of IPv6 in its table, and not in its map', () => {
    const map = '[{"key": {"ip4": 1, "ifindex": 2}, "value": {"responses_sent": 20}}]'
    const tells = (text: string) => readAnnounceTable(text, 'node-a', 'node-a.txt').tellsIpv6
    expect([tells('IP   NetworkInterface\n'), tells('{"l2-announce": []}'), tells(map)]).toEqual([true, true, false])
  })

  it.each([
    '',
    'command not found',
    '{}',
    '[]',
    '{"l2-announce": null}',
    '{"l2-announce": [{"IP": 1}]}',
    '[1]',
    '[',
    '[{"key": {"ip4": -1}, "value": {"responses_sent": 1}}]',
  ])('of %j nothing is known', (text) => expect(() => read(text)).toThrow(CannotLook))
})
