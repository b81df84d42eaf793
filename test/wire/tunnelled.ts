import { parseIpv4 } from '../../src/wire/ipv4.js'
import { arpRequest } from '../../src/wire/write-arp.js'

export const VIP = parseIpv4('10.0.0.240')!
const ASKER = parseIpv4('10.0.0.9')!
export const bare = Buffer.from(arpRequest({ mac: 0x020000000001, ip: ASKER }, VIP))
export const tagged = Buffer.concat([bare.subarray(0, 12), Buffer.from('81000064', 'hex'), bare.subarray(12)])
const u16 = (value: number) => Buffer.from([value >> 8, value & 0xff])
export const ethernet = (type: number, payload: Buffer) => Buffer.concat([Buffer.alloc(12, 2), u16(type), payload])

export function ipv4(protocol: number, payload: Buffer, options = 0): Buffer {
  const header = Buffer.alloc(20 + 4 * options)
  header[0] = 0x45 + options
  header[9] = protocol
  return ethernet(0x0800, Buffer.concat([header, payload]))
}

export function ipv6(next: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(40)
  header[0] = 0x60
  header[6] = next
  return ethernet(0x86dd, Buffer.concat([header, payload]))
}

export const udp = (port: number, payload: Buffer) => Buffer.concat([u16(40_000), u16(port), Buffer.alloc(4), payload])
export const gre = (flags: number, type: number, payload: Buffer) => Buffer.concat([u16(flags), u16(type), payload])
export const vxlan = (inner: Buffer) => Buffer.concat([Buffer.from('0800000000002a00', 'hex'), inner])
export const geneve = (inner: Buffer, options = 0) =>
  Buffer.concat([Buffer.from([options, 0, 0x65, 0x58, 0, 0, 42, 0]), Buffer.alloc(4 * options), inner])
/** A padding byte and a field of four bytes before the end of the tags. */
export const tzsp = (inner: Buffer) => Buffer.concat([Buffer.from('01000001002904aabbccdd01', 'hex'), inner])

export const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')

/** Frames with the same request for VIP inside, and what is said of each. */
export const TUNNELLED: readonly (readonly [what: string, frame: Buffer])[] = [
  ['ARP in VXLAN', ipv4(17, udp(4789, vxlan(bare)))],
  ['ARP in VXLAN', ipv4(17, udp(8472, vxlan(tagged)))],
  ['ARP in VXLAN', ipv6(17, udp(4789, vxlan(bare)))],
  ['ARP in VXLAN', ipv4(17, udp(4789, vxlan(bare)), 3)],
  ['ARP in GENEVE', ipv4(17, udp(6081, geneve(bare)))],
  ['ARP in GENEVE', ipv4(17, udp(6081, geneve(tagged, 5)))],
  ['ARP in GRETAP', ipv4(47, gre(0, 0x6558, bare))],
  ['ARP in GRETAP', ipv6(47, gre(0x2000, 0x6558, Buffer.concat([Buffer.alloc(4), bare])))],
  ['ARP in ERSPAN I', ipv4(47, gre(0, 0x88be, bare))],
  ['ARP in ERSPAN II', ipv4(47, gre(0x1000, 0x88be, Buffer.concat([Buffer.alloc(12), bare])))],
  ['ARP in ERSPAN III', ipv4(47, gre(0x1000, 0x22eb, Buffer.concat([Buffer.alloc(16), bare])))],
  [
    'ARP in ERSPAN III',
    ipv4(47, gre(0x1000, 0x22eb, Buffer.concat([Buffer.alloc(15), Buffer.from([1]), Buffer.alloc(8), tagged]))),
  ],
  ['ARP in TZSP', ipv4(17, udp(37008, tzsp(bare)))],
  ['ARP in MPLS', ethernet(0x8847, Buffer.concat([hex('0001403f 0002413f'), bare]))],
  ['ARP in MPLS', ethernet(0x8848, Buffer.concat([hex('0002413f 00000000'), tagged]))],
  ['ARP in PBB (802.1ah)', ethernet(0x88e7, Buffer.concat([hex('00000064'), bare]))],
  ['ARP in PBB (802.1ah)', ethernet(0x88a8, Buffer.concat([hex('0064 88e7 00000064'), tagged]))],
  ['ARP in L2TPv3', ipv4(115, Buffer.concat([hex('00000007'), bare]))],
  ['ARP in L2TPv3', ipv6(115, Buffer.concat([hex('00000007 0102030405060708 40000000'), tagged]))],
  ['ARP in L2TPv3', ipv4(17, udp(1701, Buffer.concat([hex('00030000 00000007 01020304'), bare])))],
  ['ARP in EoIP', ipv4(47, Buffer.concat([hex('2001 6400 002a 0700'), bare]))],
  ['ARP in MACsec', ethernet(0x88e5, Buffer.concat([hex('00 00 00000001'), bare.subarray(12)]))],
  ['ARP in MACsec', ethernet(0x88e5, Buffer.concat([hex('20 00 00000001 0200000000010001'), tagged.subarray(12)]))],
]
