import { describe, expect, it } from 'vitest'
import { decodeFrame } from '../../src/wire/decode-frame.js'
import { LINK_TYPE } from '../../src/wire/link-type.js'
import { parseTrace } from '../trace.js'

const REPLY = '0001080006040002' + '020000000002' + '0a0000f0' + '020000000001' + '0a000001'
const ADDRESSES = '020000000001' + '020000000002'
const hex = (text: string) => Buffer.from(text.replace(/\s/g, ''), 'hex')
const decoded = (text: string, linkType?: number) => decodeFrame(hex(text), linkType)
const reason = (text: string, linkType?: number) => {
  const result = decoded(text, linkType)
  return result.ok ? 'arp' : result.reason
}
const vlans = (text: string) => {
  const result = decoded(text)
  return result.ok ? result.frame.vlans : result.reason
}

describe('decodeFrame', () => {
  it('reads an untagged reply', () => {
    const sha = 0x0200_0000_0002
    const tha = 0x0200_0000_0001
    expect(decoded(`${ADDRESSES} 0806 ${REPLY}`)).toEqual({
      ok: true,
      frame: { ethDst: tha, ethSrc: sha, vlans: [], oper: 2, sha, spa: 0x0a0000f0, tha, tpa: 0x0a000001 },
    })
  })

  it.each([
    ['8100 0064 0806', [100]],
    ['88a8 00c8 8100 012c 0806', [200, 300]],
    ['9100 00c8 8100 012c 0806', [200, 300]],
    ['8100 0000 0806', []],
    ['8100 e064 0806', [100]],
    ['88a8 00c8 8100 0000 0806', [200]],
    ['8100 0001 8100 0002 8100 0003 8100 0004 0806', [1, 2, 3, 4]],
    ['8100 0064 0024 aaaa03 000000 0806', [100]],
    ['0024 aaaa03 000000 0806', []],
  ])('reads the VLAN stack of %s', (header, stack) => {
    expect(vlans(`${ADDRESSES} ${header} ${REPLY}`)).toEqual(stack)
  })

  it.each([
    ['truncated-ethernet', '0200000000010200000000'],
    ['truncated-vlan-tag', `${ADDRESSES} 8100 00`],
    ['too-many-vlan-tags', `${ADDRESSES} 8100 0001 8100 0002 8100 0003 8100 0004 8100 0005 0806 ${REPLY}`],
    ['truncated-llc', `${ADDRESSES} 0024 aa`],
    ['truncated-llc', `${ADDRESSES} 0024 aaaa03 0000`],
    ['truncated-arp', `${ADDRESSES} 0806 000108`],
    ['truncated-arp', `${ADDRESSES} 0806 ${REPLY.slice(0, -2)}`],
    ['bad-hardware-length', `${ADDRESSES} 0806 ${REPLY.replace('0604', '0704')}`],
    ['bad-protocol-length', `${ADDRESSES} 0806 ${REPLY.replace('0604', '0610')}`],
    ['other-hardware-type', `${ADDRESSES} 0806 ${REPLY.replace('0001', '0020')}`],
    ['other-protocol-type', `${ADDRESSES} 0806 ${REPLY.replace('0800', '86dd')}`],
    ['not-arp', `${ADDRESSES} 8035 ${REPLY}`],
    ['not-arp', `${ADDRESSES} 0800 45000000`],
    ['not-arp', `${ADDRESSES} 0024 424203 0000`],
    ['not-arp', `${ADDRESSES} 0024 aaaa03 00000c 0806 ${REPLY}`],
  ])('refuses with %s', (name, frame) => {
    expect(reason(frame)).toBe(name)
  })

  it('refuses link types that it does not read', () => {
    expect(reason(`${ADDRESSES} 0806 ${REPLY}`, 101)).toBe('unread-link-type')
  })

  it('infers the Ethernet header of cooked captures', () => {
    const broadcast = decoded(`0001 0001 0006 020000000002 0000 0806 ${REPLY}`, LINK_TYPE.linuxSll)
    expect(broadcast.ok && [broadcast.frame.ethSrc, broadcast.frame.ethDst]).toEqual([
      0x0200_0000_0002, 0xffff_ffff_ffff,
    ])
    const toUs = decoded(`0000 0001 0006 020000000009 0000 0806 ${REPLY}`, LINK_TYPE.linuxSll)
    expect(toUs.ok && [toUs.frame.ethSrc, toUs.frame.ethDst]).toEqual([0x0200_0000_0009, 0x0200_0000_0001])
    const sll2 = decoded(`0806 0000 00000002 0001 04 06 020000000002 0000 ${REPLY}`, LINK_TYPE.linuxSll2)
    expect(sll2.ok && [sll2.frame.ethSrc, sll2.frame.ethDst]).toEqual([0x0200_0000_0002, 0x0200_0000_0001])
    const foreign = decoded(`0000 0001 0008 0000000000000000 0806 ${REPLY}`, LINK_TYPE.linuxSll)
    expect(foreign.ok && foreign.frame.ethSrc).toBe(0x0200_0000_0002)
    expect(reason('0001 0001', LINK_TYPE.linuxSll)).toBe('truncated-sll')
  })

  it('takes an outgoing request without tha in a cooked capture for a broadcast', () => {
    const [ask] = parseTrace('0 ask 01/10.0.0.1 -> 10.0.0.240')
    const arp = Buffer.from(ask!.frame.subarray(14)).toString('hex')
    const outgoing = decoded(`0004 0001 0006 020000000001 0000 0806 ${arp}`, LINK_TYPE.linuxSll)
    expect(outgoing.ok && outgoing.frame.ethDst).toBe(0xffff_ffff_ffff)
    const tagged = decoded(`0004 0001 0006 020000000001 0000 8100 0064 0806 ${arp}`, LINK_TYPE.linuxSll)
    expect(tagged.ok && tagged.frame.vlans).toEqual([100])
  })
})
