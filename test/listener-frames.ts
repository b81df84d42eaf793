import { checksumOf } from '../src/wire/discovery-decoder.js'
import { ETHERNET, ETHERTYPE } from '../src/wire/ethernet.js'
import type { Ipv6 } from '../src/wire/ipv6.js'
import { LISTENER } from '../src/wire/listener-packet.js'
import { setMac } from '../src/wire/write-arp.js'
import { ALL_NODES, groupMac, type Station6, setIpv6, solicitedNodeOf } from '../src/wire/write-discovery.js'

/** Multicast listener discovery (RFC 2710, RFC 3810) in its frame. */
export interface ListenerFrame {
  readonly from: Station6
  readonly type: keyof typeof LISTENER
  /** Addresses whose solicited-node groups it names; a query without any is a general one. */
  readonly addresses?: readonly Ipv6[]
  /** Maximum Response Delay of a query. */
  readonly delayMs?: number
  /** Of each record of version 2: CHANGE_TO_EXCLUDE, a join, unless said. */
  readonly record?: number
  readonly vlans?: readonly number[]
}

const [IPV6, EXTENSION] = [40, 8]
const ALL_ROUTERS = (0xff02n << 112n) | 2n
const ALL_ROUTERS_2 = (0xff02n << 112n) | 0x16n

export function listenerFrame(frame: ListenerFrame): Uint8Array {
  const { from, type, addresses = [], delayMs = 0, record = 4, vlans = [] } = frame
  const groups = addresses.map(solicitedNodeOf)
  const start = ETHERNET.headerLength + vlans.length * ETHERNET.tagLength
  const length = type === 'report2' ? 8 + 20 * groups.length : type === 'query' ? 28 : 24
  const bytes = new Uint8Array(start + IPV6 + EXTENSION + length)
  const view = new DataView(bytes.buffer)
  const [group = ALL_NODES] = groups
  const destination = type === 'report2' ? ALL_ROUTERS_2 : type === 'done' ? ALL_ROUTERS : group
  setMac(view, ETHERNET.dst, groupMac(destination))
  setMac(view, ETHERNET.src, from.mac)
  vlans.forEach((vid, depth) => {
    view.setUint16(ETHERNET.type + depth * ETHERNET.tagLength, ETHERTYPE.vlan)
    view.setUint16(ETHERNET.type + depth * ETHERNET.tagLength + 2, vid)
  })
  view.setUint16(start - 2, ETHERTYPE.ipv6)
  view.setUint32(start, 6 << 28)
  view.setUint16(start + 4, EXTENSION + length)
  view.setUint8(start + 7, 1)
  setIpv6(view, start + 8, from.ip)
  setIpv6(view, start + 24, destination)
  // hop by hop: ICMPv6 follows; a router alert, and two bytes of padding
  view.setBigUint64(start + IPV6, 0x3a00_0502_0000_0100n)
  const at = start + IPV6 + EXTENSION
  view.setUint8(at, LISTENER[type])
  if (type === 'report2') {
    view.setUint16(at + 6, groups.length)
    groups.forEach((group, n) => {
      view.setUint8(at + 8 + 20 * n, record)
      setIpv6(view, at + 12 + 20 * n, group)
    })
  } else {
    view.setUint16(at + 4, delayMs)
    setIpv6(view, at + 8, groups[0] ?? 0n)
  }
  view.setUint16(at + 2, ~checksumOf(view, start, at, bytes.length) & 0xffff)
  return bytes
}
