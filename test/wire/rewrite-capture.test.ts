import { describe, expect, it } from 'vitest'
import { Observer } from '../../src/observe/observer.js'
import { decodeFrame } from '../../src/wire/decode-frame.js'
import { checksumOf } from '../../src/wire/discovery-decoder.js'
import { onesSum } from '../../src/wire/internet-checksum.js'
import { type Ip, isIpv4, parseIp } from '../../src/wire/ip.js'
import { LINK_TYPE } from '../../src/wire/link-type.js'
import { rewriteCapture } from '../../src/wire/rewrite-capture.js'
import { setIpv6 } from '../../src/wire/write-discovery.js'
import { pcapHeader, pcapRecord } from '../../src/wire/write-pcap.js'
import { type AdvertFrame, advertFrame } from '../advert-frames.js'
import { type ListenerFrame, listenerFrame } from '../listener-frames.js'
import { parseTrace, traceToPcap } from '../trace.js'

const HEAD = '0001080006040002'
const REPLY = `${HEAD}0200000000020a0000f00200000000010a000001`
const ADDRESSES = '020000000001020000000002'
/** Bytes that must not come through. */
const SECRET = 'deadbeefdeadbeef'
const hex = (text: string) => Buffer.from(text.replace(/\s/g, ''), 'hex')
const capture = (frames: readonly string[], link: number = LINK_TYPE.ethernet) =>
  Buffer.concat([pcapHeader(link), ...frames.map((frame, at) => pcapRecord(1_000_000 + at, hex(frame)))])
/** 2001:db8::… becomes 2001:db9::…, and every last byte one more; groups and :: stay. */
const renamed = (ip: bigint) => {
  if (ip === 0n || ip >> 120n === 0xffn) return ip
  return ip + 1n + (ip >> 96n === 0x20010db8n ? 1n << 96n : 0n)
}
/** 02:… becomes 06:…, 10.… becomes 99.… */
const to = {
  mac: (mac: number) => (Math.floor(mac / 2 ** 40) === 2 ? mac + 4 * 2 ** 40 : mac),
  ip: <T extends Ip>(ip: T) => (isIpv4(ip) ? (ip >>> 24 === 10 ? ip + 89 * 2 ** 24 : ip) : renamed(ip)) as T,
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

  const observe = (bytes: Uint8Array) => {
    const observer = new Observer({ asked: [], allAddresses: true })
    observer.push(bytes)
    return observer.finish()
  }
  const spoken = `0 ask 01/2001:db8::1 -> 2001:db8::240
    0.001 answer 02/2001:db8::240 -> 01/2001:db8::1
    0.3 probe 01 -> 2001:db8::240 vlan 100
    0.301 garp 02/2001:db8::240 vlan 100
    1 ask 01/2001:db8::1 -> 2001:db8::240 at 02
    1.001 answer 02/2001:db8::240 -> 01/2001:db8::1 flags s bare`

  it('gives neighbour discovery other addresses, and keeps who asked and who answered', () => {
    const [before, after] = [traceToPcap(spoken), rewriteCapture(traceToPcap(spoken), to)!]
    const bytes = Buffer.from(after).toString('hex')
    expect(bytes).not.toMatch(/20010db8|02000000000[12]|3333ff000240/)
    expect(observe(after).capture).toEqual(observe(before).capture)
    const told = (bytes: Uint8Array) =>
      observe(bytes).addresses.map(({ vlans, asks, claims, exchanges }) => ({
        vlans,
        asks,
        claims: claims.map(({ mac: _, ...rest }) => rest),
        answered: exchanges.map(({ mode, answers }) => [mode, answers.length]),
      }))
    expect(told(after)).toEqual(told(before))
    expect(observe(after).addresses.map(({ ip }) => ip)).toContain(to.ip(parseIp('2001:db8::240')!))
  })

  const solicited = parseTrace('0 ask 01/2001:db8::1 -> 2001:db8::240')[0]!.frame
  const changed = (at: number, ...bytes: number[]) => {
    const frame = solicited.slice()
    frame.set(bytes, at)
    return frame
  }
  function badOption() {
    const frame = changed(79, 0)
    frame[57]! += 1 // the checksum of one less
    return frame
  }
  it.each([
    ['nd-hop-limit-not-255', changed(21, 64)],
    ['nd-bad-checksum', changed(62, 0xfd)],
    ['nd-bad-code', changed(55, 1)],
    ['nd-bad-option-length', badOption()],
    ['truncated-nd', solicited.subarray(0, 80)],
  ])('keeps of refused neighbour discovery what it was refused for: %s', (reason, frame) => {
    const bytes = Buffer.concat([pcapHeader(LINK_TYPE.ethernet), pcapRecord(1, frame)])
    const after = rewriteCapture(bytes, to)!
    expect([bytes, after].map((one) => observe(one).capture.decodeFailures)).toEqual([{ [reason]: 1 }, { [reason]: 1 }])
    expect(Buffer.from(after).toString('hex')).not.toMatch(/20010db8|020000000001|ff000240/)
  })

  describe('of multicast listeners', () => {
    const from = { mac: 0x0200_0000_0011, ip: parseIp('2001:db8::11') as bigint }
    const vip = parseIp('2001:db8::ab:cdef') as bigint
    const asIs = (frame: Uint8Array) => frame
    const bytesOf = (frame: Uint8Array) =>
      Buffer.from(rewriteCapture(Buffer.concat([pcapHeader(), pcapRecord(1, frame)]), to)!)
    it.each<[string, ListenerFrame, (frame: Uint8Array) => Uint8Array]>([
      ['a question for one group', { from, type: 'query', addresses: [vip] }, asIs],
      ['a report of version 1', { from, type: 'report', addresses: [vip] }, asIs],
      ['a leave of version 1', { from, type: 'done', addresses: [vip] }, asIs],
      ['a report of version 2', { from, type: 'report2', addresses: [vip] }, asIs],
      ['a report on a VLAN', { from, type: 'report', addresses: [vip], vlans: [100] }, asIs],
      ['a report that is cut off', { from, type: 'report2', addresses: [vip, vip] }, (frame) => frame.subarray(0, -4)],
      ['a report that says it has no record', { from, type: 'report2', addresses: [vip] }, withoutRecords],
      ['a question to one host', { from, type: 'query', addresses: [vip] }, toOneHost],
    ])('no group, no MAC and no checksum of the address comes through: %s', (_, given, change) => {
      const frame = change(listenerFrame(given))
      const checksum = 14 + 4 * (given.vlans?.length ?? 0) + 48 + 2
      const after = bytesOf(frame)
      expect(after.toString('hex')).not.toMatch(/20010db8|abcdef|020000000011/)
      expect(after.subarray(40 + checksum, 40 + checksum + 2)).not.toEqual(
        Buffer.from(frame.subarray(checksum, checksum + 2)),
      )
      const [was, is] = [Buffer.concat([pcapHeader(), pcapRecord(1, frame)]), after].map((one) => observe(one).capture)
      expect({ ...is!.listeners, joined: null }).toEqual({ ...was!.listeners, joined: null })
      const joined = is!.listeners.joined.flatMap(({ groups }) => [...groups.keys()])
      expect(joined).toEqual(was!.listeners.joined.flatMap(({ groups }) => [...groups.keys()].map(() => 0xabcdf0)))
    })
    function withoutRecords(frame: Uint8Array): Uint8Array {
      const view = new DataView(frame.buffer)
      view.setUint16(62 + 6, 0)
      view.setUint16(62 + 2, view.getUint16(62 + 2) + 1)
      return frame
    }
    /** Where the frame goes to the MAC of the group all the same. */
    function toOneHost(frame: Uint8Array): Uint8Array {
      const view = new DataView(frame.buffer)
      setIpv6(view, 14 + 24, vip)
      view.setUint16(62 + 2, 0)
      view.setUint16(62 + 2, ~checksumOf(view, 14, 62, frame.length) & 0xffff)
      return frame
    }
  })
})

describe('adverts in a rewritten capture', () => {
  const PLAIN: AdvertFrame = {
    mac: 0x020000000011,
    source: '10.0.0.11',
    vrid: 51,
    priority: 150,
    addresses: ['10.0.0.240'],
  }
  const SIX: AdvertFrame = { ...PLAIN, source: 'fe80::11', addresses: ['fe80::1', '2001:db8::240'] }
  const vrrp = (bytes: Uint8Array) => {
    const observer = new Observer({ asked: [], allAddresses: false })
    observer.push(bytes)
    return observer.finish().capture.vrrp
  }

  it.each<[string, AdvertFrame]>([
    ['VRRPv2', PLAIN],
    ['behind tags', { ...PLAIN, vlans: [200, 300] }],
    ['with a password', { ...PLAIN, password: 'deadbeef' }],
    ['behind an authentication header', { ...PLAIN, isBehindAh: true }],
    ['VRRPv3 over IPv4', { ...PLAIN, version: 3 }],
    ['without pseudo-header', { ...PLAIN, version: 3, checksum: 'plain' }],
    ['with a wrong checksum', { ...PLAIN, checksum: 'wrong' }],
    ['VRRPv3 with a wrong checksum', { ...SIX, checksum: 'wrong' }],
    ['that was forwarded', { ...PLAIN, hopLimit: 3 }],
    ['over IPv6', SIX],
    ['CARP', { ...PLAIN, protocol: 'carp' }],
    ['unicast', { ...PLAIN, to: { mac: 0x020000000012, ip: '10.0.0.12' } }],
  ])('say the same of other addresses: %s', (_, advert) => {
    const frame = Buffer.from(advertFrame(advert)).toString('hex')
    const [before, after] = [vrrp(capture([frame])), vrrp(rewritten([frame])!)]
    const renamed = JSON.stringify(before)
      .replace(/"10\.0/g, '"99.0')
      .replace(/fe80::11/g, 'fe80::12')
      .replace(/fe80::1"/g, 'fe80::2"')
      .replace(/::240/g, '::241')
      .replace(/2001:db8/g, '2001:db9')
      .replace(`${0x020000000011}`, `${0x060000000011}`)
    expect(JSON.stringify(after)).toBe(renamed)
    expect(before.adverts).toBe(1)
  })

  it('hold no password, no digest, no options, and no trailer', () => {
    const secrets = [
      { ...PLAIN, password: 'geheim' },
      { ...PLAIN, protocol: 'carp' as const },
      { ...PLAIN, isBehindAh: true },
    ].map((advert) => Buffer.from(advertFrame(advert)).toString('hex'))
    const written = rewritten([...secrets, `${secrets[0]}${SECRET}`])!.toString('hex')
    for (const secret of [Buffer.from('geheim').toString('hex'), 'd1d1d1d1', '07070707', SECRET])
      expect(written).not.toContain(secret)
  })

  it('have right checksums: those of the IP header too', () => {
    const frame = onlyFrame(Buffer.from(advertFrame(PLAIN)).toString('hex'))
    const header = new DataView(frame.buffer, frame.byteOffset + 14, 20)
    expect(onesSum(header, 0, 20)).toBe(0xffff)
  })

  it('that cannot be read lose all content', () => {
    const cut = Buffer.from(advertFrame(PLAIN)).subarray(0, 40).toString('hex')
    expect(
      onlyFrame(cut)
        .subarray(14)
        .every((byte) => byte === 0),
    ).toBe(true)
  })
})
