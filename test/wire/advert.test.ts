import { describe, expect, it } from 'vitest'
import { type Advert, decodeAdvert } from '../../src/wire/advert.js'
import { ArpDecoder, OUTCOME } from '../../src/wire/arp-decoder.js'
import { macAt } from '../../src/wire/decode-frame.js'
import { LINK_TYPE } from '../../src/wire/link-type.js'
import { type AdvertFrame, advertFrame } from '../advert-frames.js'

const MAC = 0x020000000011
const PLAIN: AdvertFrame = { mac: MAC, source: '10.0.0.11', vrid: 51, priority: 150, addresses: ['10.0.0.240'] }
const SIX: AdvertFrame = { ...PLAIN, source: 'fe80::11', addresses: ['fe80::1', '2001:db8::240'] }

/** The advert in a frame, or why there is none. */
function read(frame: Uint8Array, end = frame.length, linkType: number = LINK_TYPE.ethernet) {
  const decoder = new ArpDecoder()
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length)
  expect(decoder.decode(view, 0, end, linkType)).toBe(OUTCOME.notArp)
  if (!decoder.isVrrp) return 'no advert'
  expect(macAt(decoder.words, 1, true)).toBe(MAC)
  return decodeAdvert(view, decoder.vrrp)
}

describe('an advert', () => {
  it.each<[string, AdvertFrame, Partial<Advert>]>([
    ['VRRPv2', PLAIN, { version: 2, family: 4, intervalMs: 1000, authentication: 'none', to: null }],
    ['a tag', { ...PLAIN, vlans: [100] }, { version: 2 }],
    ['two tags', { ...PLAIN, vlans: [200, 300] }, { version: 2 }],
    ['no address', { ...PLAIN, addresses: [] }, { addresses: [] }],
    ['a resignation', { ...PLAIN, priority: 0 }, { priority: 0 }],
    ['the owner of the address', { ...PLAIN, priority: 255 }, { priority: 255 }],
    ['a password', { ...PLAIN, password: 'geheim' }, { authentication: 'password' }],
    ['an authentication header', { ...PLAIN, isBehindAh: true }, { authentication: 'AH', checksum: 'right' }],
    ['VRRPv3 over IPv4', { ...PLAIN, version: 3, intervalMs: 250 }, { version: 3, intervalMs: 250, checksum: 'right' }],
    ['VRRPv3 without pseudo-header', { ...PLAIN, version: 3, checksum: 'plain' }, { checksum: 'plain' }],
    ['VRRPv3 over IPv6', SIX, { family: 6, version: 3, addresses: ['fe80::1', '2001:db8::240'], to: null }],
    ['the longest interval', { ...SIX, intervalMs: 40_950 }, { intervalMs: 40_950 }],
    ['IPv6 without pseudo-header', { ...SIX, checksum: 'plain' }, { checksum: 'plain' }],
    ['unicast', { ...PLAIN, to: { mac: 0x020000000012, ip: '10.0.0.12' } }, { to: '10.0.0.12' }],
    ['a wrong checksum', { ...PLAIN, checksum: 'wrong' }, { checksum: 'wrong' }],
    ['a forwarded packet', { ...PLAIN, hopLimit: 254 }, { hopLimit: 254 }],
    ['CARP', { ...PLAIN, protocol: 'carp', priority: 155 }, { protocol: 'carp', intervalMs: 1391, addresses: [] }],
    ['CARP that ends', { ...PLAIN, protocol: 'carp', priority: 0 }, { protocol: 'carp', priority: 0 }],
    ['CARP over IPv6', { ...SIX, protocol: 'carp' }, { protocol: 'carp', family: 6, checksum: 'right' }],
  ])('of %s says what it says', (_, frame, expected) => {
    const { source, vrid, priority } = frame
    const right = { source, vrid, priority, hopLimit: 255, checksum: 'right' }
    const addresses = frame.protocol === 'carp' ? [] : frame.addresses
    expect(read(advertFrame(frame))).toMatchObject({ protocol: 'vrrp', ...right, addresses, ...expected })
  })

  it('keeps nothing of a password or a digest', () => {
    const said = read(advertFrame({ ...PLAIN, password: 'geheim' }))
    expect(JSON.stringify(said)).not.toContain('geheim')
  })

  it('may have a trailer, and may be cut before the password', () => {
    const frame = Buffer.from(advertFrame({ ...PLAIN, password: 'geheim' }))
    expect(read(Buffer.concat([frame, Buffer.alloc(6)]))).toMatchObject({ checksum: 'right' })
    expect(read(frame, frame.length - 8)).toMatchObject({ addresses: ['10.0.0.240'], checksum: 'unknown' })
  })

  it('has a right checksum also where the password is left out of it, as some do', () => {
    const bare = Buffer.from(advertFrame(PLAIN))
    bare.write('geheim', bare.length - 8)
    bare[14 + 20 + 4] = 1
    bare.writeUInt16BE(bare.readUInt16BE(14 + 20 + 6) - 0x100, 14 + 20 + 6)
    expect(read(bare)).toMatchObject({ authentication: 'password', checksum: 'right' })
  })

  it('is read on cooked link types, with the source that their header names', () => {
    const packet = Buffer.from(advertFrame(PLAIN)).subarray(14)
    const cooked = Buffer.concat([Buffer.from('00020001000602000000001100000800', 'hex'), packet])
    const cooked2 = Buffer.concat([Buffer.from('0800000000000002000102060200000000110000', 'hex'), packet])
    expect(read(cooked, cooked.length, LINK_TYPE.linuxSll)).toMatchObject({ vrid: 51, source: '10.0.0.11' })
    expect(read(cooked2, cooked2.length, LINK_TYPE.linuxSll2)).toMatchObject({ vrid: 51, source: '10.0.0.11' })
  })

  const changed = (change: (frame: Buffer) => void, advert = PLAIN) => {
    const frame = Buffer.from(advertFrame(advert))
    change(frame)
    return frame
  }
  const MESSAGE = 14 + 20
  it.each([
    ['vrrp-truncated', advertFrame(PLAIN).subarray(0, MESSAGE + 9)],
    ['vrrp-truncated', advertFrame(PLAIN).subarray(0, MESSAGE + 4)],
    ['vrrp-fragment', changed((frame) => frame.writeUInt16BE(0x2000, 14 + 6))],
    ['vrrp-fragment', changed((frame) => frame.writeUInt16BE(1, 14 + 6))],
    ['vrrp-other-type', changed((frame) => frame.writeUInt8(0x22, MESSAGE))],
    ['vrrp-other-version', changed((frame) => frame.writeUInt8(0x41, MESSAGE))],
    ['vrrp-other-version', advertFrame({ ...SIX, version: 2 })],
    ['vrrp-short-for-its-addresses', changed((frame) => frame.writeUInt8(200, MESSAGE + 3))],
    ['no advert', changed((frame) => frame.writeUInt8(17, 14 + 9))],
    ['no advert', changed((frame) => frame.writeUInt8(50, MESSAGE), { ...PLAIN, isBehindAh: true })],
  ])('is refused for a named reason: %s', (reason, frame) => expect(read(frame)).toBe(reason))
})

describe('addresses of IPv6 as text', () => {
  it.each(['::', '::1', 'fe80::', '2001:db8::1:0:0:1', '2001:db8:0:1:1:1:1:1', '1:2:3:4:5:6:7:8', '1::3:0:0:6'])(
    '%s',
    (ip) => {
      expect(read(advertFrame({ ...SIX, addresses: [ip] }))).toMatchObject({ addresses: [ip] })
    },
  )
})
