import { describe, expect, it } from 'vitest'
import { ArpDecoder, OUTCOME } from '../../src/wire/arp-decoder.js'
import { DISCOVERIES } from '../../src/wire/discovery-decoder.js'
import { parseTrace } from '../trace.js'

const frame = (line: string) => parseTrace(`0 ${line}`)[0]!.frame
const ASK = frame('ask 01/2001:db8::1 -> 2001:db8::240')
const LOOK = frame('probe 01 -> 2001:db8::240')
const ANSWER = frame('answer 02/2001:db8::240 -> 01/2001:db8::1')
const IP = 14
const MESSAGE = 54

function decode(bytes: Uint8Array, linkType = 1) {
  const decoder = new ArpDecoder()
  const outcome = decoder.decode(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length, linkType)
  expect(outcome).toBe(OUTCOME.notArp)
  return decoder
}
const said = (bytes: Uint8Array, linkType?: number) => DISCOVERIES[decode(bytes, linkType).discovery]

/** The same with other bytes at a place, and a checksum that is right again. */
function changed(bytes: Uint8Array, at: number, ...other: number[]): Uint8Array {
  const copy = bytes.slice()
  copy.set(other, at)
  return mended(copy)
}

function mended(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  view.setUint16(MESSAGE + 2, 0)
  let sum = 58 + bytes.length - MESSAGE
  for (let at = IP + 8; at < bytes.length; at += 2) sum += view.getUint16(at)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  view.setUint16(MESSAGE + 2, ~sum & 0xffff)
  return bytes
}

/** With an extension header between the IPv6 header and the message. */
function behind(bytes: Uint8Array, next: number, header: readonly number[]): Uint8Array {
  const whole = Buffer.concat([bytes.subarray(0, MESSAGE), Buffer.from(header), bytes.subarray(MESSAGE)])
  whole[IP + 6] = next
  whole.writeUInt16BE(whole.readUInt16BE(IP + 4) + header.length, IP + 4)
  return whole
}

describe('neighbour discovery', () => {
  it('is read with addresses, flags and link-layer address', () => {
    const { discovery, neighbours, words } = decode(ANSWER)
    expect(DISCOVERIES[discovery]).toBe('neighbor-advertisement')
    expect([...neighbours.target].map((word) => word >>> 0)).toEqual([0x20010db8, 0, 0, 0x240])
    expect([...neighbours.destination].map((word) => word >>> 0)).toEqual([0x20010db8, 0, 0, 1])
    expect(neighbours).toMatchObject({ flags: 0x60, linkAddressAt: 80, hasNonce: false })
    expect([...words.subarray(0, 3)].map((word) => word >>> 0)).toEqual([0x02000000, 0x00010200, 0x00000002])
  })

  it.each([
    ['neighbor-solicitation', ASK],
    ['neighbor-solicitation', LOOK],
    ['neighbor-advertisement', frame('garp 02/2001:db8::240')],
    ['neighbor-solicitation', frame('ask 01/2001:db8::1 -> 2001:db8::240 vlan 200.300')],
    ['neighbor-solicitation', behind(ASK, 0, [58, 0, 5, 2, 0, 0, 1, 0])],
    ['neighbor-solicitation', behind(ASK, 60, [58, 0, 1, 4, 0, 0, 0, 0])],
    ['nd-behind-fragment-header', behind(ASK, 44, [58, 0, 0, 0, 0, 0, 0, 1])],
    ['', behind(ASK, 44, [58, 0, 0, 8, 0, 0, 0, 1])],
    ['', behind(ASK, 43, [58, 0, 0, 0, 0, 0, 0, 0])],
    ['nd-hop-limit-not-255', changed(ASK, IP + 7, 64)],
    ['nd-bad-code', changed(ASK, MESSAGE + 1, 1)],
    ['nd-bad-target', changed(ASK, MESSAGE + 8, 0xff)],
    ['nd-bad-option-length', changed(ASK, MESSAGE + 25, 0)],
    ['nd-bad-option-length', changed(ASK, MESSAGE + 25, 2)],
    ['nd-bad-destination', changed(LOOK, IP + 24, 0x20)],
    ['nd-bad-destination', changed(ANSWER, IP + 24, 0xff)],
    ['truncated-nd', ASK.subarray(0, 70)],
    ['truncated-nd', ASK.subarray(0, 82)],
    ['router-solicitation', router(133, 8)],
    ['router-advertisement', router(134, 16)],
    ['redirect', redirect()],
    ['', changed(ASK, MESSAGE, 128)],
    ['', changed(ASK, IP, 0x40)],
  ])('%s', (outcome, bytes) => {
    expect(said(bytes)).toBe(outcome)
  })

  it('is refused for a wrong checksum, where all of it is there', () => {
    const wrong = ASK.slice()
    wrong[MESSAGE + 2]! ^= 1
    expect(said(wrong)).toBe('nd-bad-checksum')
    expect(said(Buffer.concat([ASK, Buffer.alloc(4)]))).toBe('neighbor-solicitation')
  })

  it('is told by its nonce from a copy of itself', () => {
    const nonce = Buffer.concat([LOOK, Buffer.from([14, 1, 1, 2, 3, 4, 5, 6])])
    nonce.writeUInt16BE(32, IP + 4)
    expect(decode(mended(nonce)).neighbours).toMatchObject({ hasNonce: true, linkAddressAt: -1 })
  })

  it.each([
    [113, Buffer.from('0004000100060200000000010000' + '86dd', 'hex')],
    [276, Buffer.from('86dd0000' + '00000002' + '0001' + '04' + '06' + '0200000000010000', 'hex')],
  ])('is read in a cooked capture, link type %i, with the MACs that it tells', (link, header) => {
    const { discovery, words } = decode(Buffer.concat([header, ASK.subarray(IP)]), link)
    expect(DISCOVERIES[discovery]).toBe('neighbor-solicitation')
    expect([...words.subarray(0, 3)].map((word) => word >>> 0)).toEqual([0x3333ff00, 0x02400200, 0x00000001])
  })

  it('never reads beyond what was captured, wherever that ends', () => {
    for (const whole of [ASK, LOOK, ANSWER, behind(ASK, 0, [58, 0, 5, 2, 0, 0, 1, 0])])
      for (let end = 14; end < whole.length; end++) expect(DISCOVERIES).toContain(said(whole.slice(0, end)))
  })
})

function router(type: number, length: number): Uint8Array {
  const bytes = Buffer.from(ASK.subarray(0, MESSAGE + length))
  bytes.writeUInt16BE(length, IP + 4)
  bytes[MESSAGE] = type
  return mended(bytes)
}

function redirect(): Uint8Array {
  const bytes = Buffer.concat([ASK.subarray(0, 78), Buffer.alloc(16)])
  bytes.writeUInt16BE(40, IP + 4)
  bytes[MESSAGE] = 137
  return mended(bytes)
}
