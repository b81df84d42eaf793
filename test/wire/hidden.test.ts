import { describe, expect, it } from 'vitest'
import { ArpDecoder, OUTCOME } from '../../src/wire/arp-decoder.js'
import { HIDDEN } from '../../src/wire/hidden.js'
import { formatIpv4 } from '../../src/wire/ipv4.js'
import { bare, ethernet, geneve, gre, hex, ipv4, ipv6, TUNNELLED, tagged, tzsp, udp, vxlan } from './tunnelled.js'

/** What a frame hides, and the addresses that it is about. */
function look(frame: Buffer, end = frame.length) {
  const decoder = new ArpDecoder()
  const outcome = decoder.decode(new DataView(frame.buffer, frame.byteOffset, frame.length), 0, end, 1)
  expect(outcome).toBe(OUTCOME.notArp)
  return { what: HIDDEN[decoder.hidden], about: [decoder.inside.spa, decoder.inside.tpa].map(formatIpv4) }
}

describe('what a frame hides', () => {
  it.each(TUNNELLED)('%s', (what, frame) => {
    expect(look(frame)).toEqual({ what, about: ['10.0.0.9', '10.0.0.240'] })
  })

  it.each([
    ['other ICMPv6', ipv6(58, Buffer.from([128, 0, 0, 0]))],
    ['IPv4 in VXLAN', ipv4(17, udp(4789, vxlan(ethernet(0x0800, Buffer.alloc(40)))))],
    ['IP in GRE', ipv4(47, gre(0, 0x0800, Buffer.alloc(40)))],
    ['another port', ipv4(17, udp(53, vxlan(bare)))],
    ['TCP', ipv4(6, udp(4789, vxlan(bare)))],
    ['IPv4 in MPLS', ethernet(0x8847, Buffer.concat([hex('0002413f'), Buffer.alloc(60, 0x45)]))],
    ['labels without end', ethernet(0x8847, Buffer.alloc(120))],
    ['IPv4 in PBB', ethernet(0x88e7, Buffer.concat([hex('00000064'), ethernet(0x0800, Buffer.alloc(40))]))],
    ['a control message of L2TPv3', ipv4(115, Buffer.concat([hex('00000000'), bare]))],
    ['L2TPv2', ipv4(17, udp(1701, Buffer.concat([hex('00020000 00000007'), bare])))],
    ['IPv4 in MACsec', ethernet(0x88e5, Buffer.concat([hex('00 00 00000001 0800'), Buffer.alloc(40)]))],
  ])('%s hides nothing', (_, frame) => {
    expect(look(frame).what).toBe('')
  })

  it('an encrypted frame of MACsec, about no address', () => {
    const { what, about } = look(ethernet(0x88e5, Buffer.concat([hex('0c 00 00000001'), Buffer.alloc(60, 7)])))
    expect(what).toBe('encrypted MACsec')
    expect(about).toEqual(['0.0.0.0', '0.0.0.0'])
  })

  it('reads no further than was captured, wherever that ends', () => {
    const frames = [
      ipv4(17, udp(4789, vxlan(bare))),
      ipv4(17, udp(6081, geneve(tagged, 5))),
      ipv4(17, udp(37008, tzsp(bare))),
      ipv6(47, gre(0x1000, 0x22eb, Buffer.concat([Buffer.alloc(16), bare]))),
      ethernet(0x8847, Buffer.concat([hex('0001403f 0002413f'), tagged])),
      ethernet(0x88e7, Buffer.concat([hex('00000064'), tagged])),
      ethernet(0x88e5, Buffer.concat([hex('20 00 00000001 0200000000010001'), tagged.subarray(12)])),
      ipv4(115, Buffer.concat([hex('00000007'), tagged])),
      ipv4(17, udp(1701, Buffer.concat([hex('00030000 00000007'), tagged]))),
      ipv4(47, Buffer.concat([hex('2001 6400 002a 0700'), tagged])),
    ]
    for (const frame of frames) {
      for (let end = 14; end < frame.length; end++) expect(() => look(frame.subarray(0, end))).not.toThrow()
    }
  })
})
