import { checksumOf } from './discovery-decoder.js'
import { type Ipv6, isMulticast6 } from './ipv6.js'
import { LISTENER, type ListenerPacket, solicitedAt } from './listener-packet.js'
import { ALL_NODES, getIpv6, setIpv6 } from './write-discovery.js'

export interface RewritingGroups {
  ip(ip: Ipv6): Ipv6
  /** The solicited-node group of these last 24 bits. */
  group(last: number): Ipv6
}

const [SOURCE, DESTINATION, HEADER] = [8, 24, 40]
const [CHECKSUM, RESERVED, GROUP] = [2, 6, 4]
const RECORD = 20
/** Where reports of version 2, those that leave, and what finds routers that snoop go to (RFC 3810, RFC 2710, RFC 4286): all below ff02::100. */
const WELL_KNOWN = 0xff02n << 104n
/** Behind the first two bytes of a hop-by-hop header: a router alert, and padding (RFC 2711). */
const ROUTER_ALERT = [5, 2, 0, 0, 1, 0]

/** Overwrites the message that a decoder just read in a frame: kind, delay and solicited-node groups stay, these under other names. */
export function rewriteListener(frame: Uint8Array, read: ListenerPacket, to: RewritingGroups): void {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  const { headerAt, at, end } = read
  const groupAt = (group: number): Ipv6 => {
    const last = solicitedAt(view, group)
    return last < 0 ? ALL_NODES : to.group(last)
  }
  const isGeneral = read.type === LISTENER.query && read.isGeneral(view)
  const count = read.count(view)
  let record = read.firstRecord()
  for (let seen = 0; seen < count; seen++) {
    const next = read.nextRecord(view, record)
    if (next === 0) break
    if (!isGeneral) setIpv6(view, record + GROUP, groupAt(record + GROUP))
    frame.fill(0, record + RECORD, Math.min(next, end))
    record = next
  }
  frame.fill(0, Math.min(record, end))
  if (read.type !== LISTENER.report2) view.setUint16(at + RESERVED, 0)
  view.setUint32(headerAt, 6 << 28)
  frame.fill(0, headerAt + HEADER + 2, at)
  frame.set(ROUTER_ALERT, headerAt + HEADER + 2)
  setIpv6(view, headerAt + SOURCE, to.ip(getIpv6(view, headerAt + SOURCE)))
  const destination = getIpv6(view, headerAt + DESTINATION)
  const isKept = !isMulticast6(destination) || destination >> 8n === WELL_KNOWN
  // a report of version 1 and a question for one group go to the group itself
  setIpv6(view, headerAt + DESTINATION, isKept ? to.ip(destination) : groupAt(headerAt + DESTINATION))
  const whole = headerAt + HEADER + view.getUint16(headerAt + 4)
  view.setUint16(at + CHECKSUM, 0)
  // that of a message that was cut off would tell of what is missing, and of what stood here
  if (whole <= frame.length) view.setUint16(at + CHECKSUM, ~checksumOf(view, headerAt, at, whole) & 0xffff)
}
