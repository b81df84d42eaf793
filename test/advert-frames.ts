import ipaddr from 'ipaddr.js'
import { onesSum } from '../src/wire/internet-checksum.js'
import { formatMac, type Mac } from '../src/wire/mac.js'

/** Adverts of VRRP and CARP as frames, written apart from the decoder that they test. */
export interface AdvertFrame {
  readonly protocol?: 'vrrp' | 'carp'
  readonly mac: Mac
  readonly source: string
  readonly vrid: number
  readonly priority: number
  readonly addresses?: readonly string[]
  readonly version?: number
  /** v2: whole seconds. */
  readonly intervalMs?: number
  /** The password of v2, at most 8 letters; behind an authentication header for `AH`. */
  readonly password?: string
  readonly isBehindAh?: boolean
  readonly hopLimit?: number
  /** Unicast: to this machine. */
  readonly to?: { readonly mac: Mac; readonly ip: string }
  readonly vlans?: readonly number[]
  /** `plain`: without the pseudo-header that v3 and IPv6 have. */
  readonly checksum?: 'right' | 'plain' | 'wrong'
}

const VRRP = 112
const AH = 51
const bytesOf = (ip: string) => Buffer.from(ipaddr.parse(ip).toByteArray())
const macBytes = (mac: Mac) => Buffer.from(formatMac(mac).replaceAll(':', ''), 'hex')
const u16 = (value: number) => Buffer.from([value >> 8, value & 0xff])
const sum = (bytes: Buffer) =>
  0xffff & ~onesSum(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length)

export function advertFrame(advert: AdvertFrame): Uint8Array {
  const { mac, source, vlans = [], isBehindAh = false } = advert
  const six = source.includes(':')
  const destination = bytesOf(advert.to?.ip ?? (six ? 'ff02::12' : '224.0.0.18'))
  const ethDst = advert.to ? macBytes(advert.to.mac) : Buffer.from(six ? '333300000012' : '01005e000012', 'hex')
  const message = withChecksum(messageOf(advert, six), Buffer.concat([bytesOf(source), destination]), advert, six)
  const payload = isBehindAh ? Buffer.concat([Buffer.from([VRRP, 4]), Buffer.alloc(22, 7), message]) : message
  const packet = (six ? ipv6 : ipv4)(advert, isBehindAh ? AH : VRRP, bytesOf(source), destination, payload)
  const tags = vlans.flatMap((vlan) => [u16(0x8100), u16(vlan)])
  // no Buffer: its slice shares the memory
  return Uint8Array.from(Buffer.concat([ethDst, macBytes(mac), ...tags, u16(six ? 0x86dd : 0x0800), packet]))
}

function messageOf(advert: AdvertFrame, six: boolean): Buffer {
  const { vrid, priority, addresses = [], intervalMs = 1000, password } = advert
  if (advert.protocol === 'carp') {
    const base = Math.floor(intervalMs / 1000)
    const [skew, seconds] = priority === 0 ? [255, 255] : [255 - priority, base]
    return Buffer.concat([Buffer.from([0x21, vrid, skew, 7, 0, seconds, 0, 0]), Buffer.alloc(28, 0xd1)])
  }
  const version = advert.version ?? (six ? 3 : 2)
  const rest = version === 2 ? [password === undefined ? 0 : 1, intervalMs / 1000] : [...u16(intervalMs / 10)]
  const head = Buffer.from([(version << 4) | 1, vrid, priority, addresses.length, ...rest, 0, 0])
  const secret = Buffer.alloc(version === 2 ? 8 : 0)
  secret.write(password ?? '')
  return Buffer.concat([head, ...addresses.map(bytesOf), secret])
}

function withChecksum(message: Buffer, ends: Buffer, advert: AdvertFrame, six: boolean): Buffer {
  const { checksum = 'right', protocol, version = six ? 3 : 2 } = advert
  const withPseudo = checksum !== 'plain' && (six || (version === 3 && protocol !== 'carp'))
  const covered = withPseudo ? Buffer.concat([message, ends, u16(message.length), u16(VRRP)]) : message
  message.writeUInt16BE(checksum === 'wrong' ? 0xdead : sum(covered), 6)
  return message
}

function ipv4({ hopLimit = 255 }: AdvertFrame, protocol: number, source: Buffer, destination: Buffer, payload: Buffer) {
  const head = Buffer.from([0x45, 0xc0, ...u16(20 + payload.length), 0, 0, 0, 0, hopLimit, protocol, 0, 0])
  const header = Buffer.concat([head, source, destination])
  header.writeUInt16BE(sum(header), 10)
  return Buffer.concat([header, payload])
}

function ipv6({ hopLimit = 255 }: AdvertFrame, protocol: number, source: Buffer, destination: Buffer, payload: Buffer) {
  const head = Buffer.from([0x60, 0, 0, 0, ...u16(payload.length), protocol, hopLimit])
  return Buffer.concat([head, source, destination, payload])
}
