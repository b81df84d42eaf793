import { describe, expect, it } from 'vitest'
import { Observer } from '../../src/observe/observer.js'
import { decodeFrame } from '../../src/wire/decode-frame.js'
import { LINK_TYPE } from '../../src/wire/link-type.js'
import { rewriteCapture } from '../../src/wire/rewrite-capture.js'
import { pcapHeader, pcapRecord } from '../../src/wire/write-pcap.js'

const HEAD = '0001080006040002'
const REPLY = `${HEAD}0200000000020a0000f00200000000010a000001`
const ADDRESSES = '020000000001020000000002'
/** Bytes that must not come through. */
const SECRET = 'deadbeefdeadbeef'
const hex = (text: string) => Buffer.from(text.replace(/\s/g, ''), 'hex')
const capture = (frames: readonly string[], link: number = LINK_TYPE.ethernet) =>
  Buffer.concat([pcapHeader(link), ...frames.map((frame, at) => pcapRecord(1_000_000 + at, hex(frame)))])
/** 02:… becomes 06:…, 10.… becomes 99.… */
const to = {
  mac: (mac: number) => (Math.floor(mac / 2 ** 40) === 2 ? mac + 4 * 2 ** 40 : mac),
  ip: (ip: number) => (ip >>> 24 === 10 ? ip + 89 * 2 ** 24 : ip),
}
const rewritten = (frames: readonly string[], link?: number) => {
  const bytes = rewriteCapture(capture(frames, link), to)
  return bytes && Buffer.from(bytes)
}
const onlyFrame = (frame: string, link?: number) => rewritten([frame], link)!.subarray(24 + 16)
const said = (frame: Uint8Array, link?: number) => {
  const decoded = decodeFrame(frame, link)
  return decoded.ok ? 'arp' : decoded.reason
}

const SLL = '0000 0001 0006 020000000002 0000 0806'
const SLL2 = '0806 0000 00000002 0001 00 06 0200000000020000'

describe('rewriting a capture', () => {
  it.each([
    ['Ethernet', `${ADDRESSES} 0806 ${REPLY} ${SECRET}`, LINK_TYPE.ethernet],
    ['two VLAN tags', `${ADDRESSES} 88a8 00c8 8100 012c 0806 ${REPLY}`, LINK_TYPE.ethernet],
    ['LLC/SNAP', `${ADDRESSES} 0024 aaaa03 000000 0806 ${REPLY}`, LINK_TYPE.ethernet],
    ['cooked', `${SLL} ${REPLY}`, LINK_TYPE.linuxSll],
    ['cooked, version 2', `${SLL2} ${REPLY} ${SECRET}`, LINK_TYPE.linuxSll2],
  ])('gives an ARP packet other addresses and no trailer: %s', (_, frame, link) => {
    const [before, after] = [decodeFrame(hex(frame), link), decodeFrame(onlyFrame(frame, link), link)]
    if (!before.ok || !after.ok) throw new Error('not read as ARP')
    const { frame: was } = before
    const macs = { ethSrc: to.mac(was.ethSrc), ethDst: to.mac(was.ethDst), sha: to.mac(was.sha), tha: to.mac(was.tha) }
    expect(after.frame).toEqual({ ...was, ...macs, spa: to.ip(was.spa), tpa: to.ip(was.tpa) })
    expect(onlyFrame(frame, link).toString('hex')).not.toContain(SECRET)
    expect(onlyFrame(frame, link).length).toBe(hex(frame).length)
  })

  it.each([
    ['IPv4', `${ADDRESSES} 0800 4500${SECRET} 0a000001 0a0000f0`],
    ['IPv4 on a VLAN', `${ADDRESSES} 8100 0064 0800 4500${SECRET} 0a000001`],
    ['RARP', `${ADDRESSES} 8035 ${REPLY}`],
    ['STP', `${ADDRESSES} 0024 424203 ${SECRET}`],
    ['a cut ARP packet', `${ADDRESSES} 0806 ${REPLY.slice(0, -2)}`],
    ['other hardware', `${ADDRESSES} 0806 ${REPLY.replace('0001', '0020')} ${SECRET}`],
    ['another protocol', `${ADDRESSES} 8100 0064 0806 ${REPLY.replace('0800', '86dd')}`],
    ['a wrong length', `${ADDRESSES} 0806 ${REPLY.replace('0604', '0704')}`],
    ['too many tags', `${ADDRESSES} 8100 0001 8100 0002 8100 0003 8100 0004 8100 0005 0806 ${REPLY}`],
    ['a cut tag', `${ADDRESSES} 8100 00`],
    ['a short frame', '0200000000010200000000'],
  ])('keeps of other frames what they were read as, and nothing else: %s', (_, frame) => {
    const after = onlyFrame(frame)
    expect(said(after)).toBe(said(hex(frame)))
    expect(after.length).toBe(hex(frame).length)
    expect(after.toString('hex')).not.toMatch(/deadbeef|02000000000[12]|0a0000/)
  })

  it.each([
    ['cooked IPv4', `${SLL.replace('0806', '0800')} 4500 ${SECRET}`, LINK_TYPE.linuxSll],
    ['cooked, cut', `${SLL} ${REPLY.slice(0, 30)}`, LINK_TYPE.linuxSll],
    ['cooked, version 2, other hardware', `${SLL2} ${REPLY.replace('0001', '0020')}`, LINK_TYPE.linuxSll2],
    ['a link type we do not read', `${SECRET} 0a000001`, 101],
  ])('also of %s', (_, frame, link) => {
    const after = onlyFrame(frame, link)
    expect(said(after, link)).toBe(said(hex(frame), link))
    expect(after.toString('hex')).not.toMatch(/deadbeef|02000000000[12]|0a0000/)
  })

  it('leaves a file that ended inside a record so', () => {
    const observe = (bytes: Uint8Array) => {
      const observer = new Observer({ asked: [], allAddresses: true })
      observer.push(bytes)
      return observer.finish().capture
    }
    const cut = capture([`${ADDRESSES} 0806 ${REPLY}`, `${ADDRESSES} 0806 ${REPLY}`]).subarray(0, -10)
    expect(observe(rewriteCapture(cut, to)!)).toEqual(observe(cut))
    expect(observe(cut)).toMatchObject({ truncatedFile: true, arp: 1 })
  })
})
