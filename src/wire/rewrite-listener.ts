import { checksumOf } from './discovery-decoder.js'
import type { Ipv6 } from './ipv6.js'
import { LISTENER, type ListenerPacket } from './listener-packet.js'
import { getIpv6, setIpv6 } from './write-discovery.js'

export interface RewritingGroups {
  ip(ip: Ipv6): Ipv6
  /** The solicited-node group of these last 24 bits. */
  group(last: number): Ipv6
}

const ALL_NODES = (0xff02n << 112n) | 1n
const [SOURCE, DESTINATION, HEADER] = [8, 24, 40]
const [CHECKSUM, GROUP] = [2, 4]
const RECORD = 20

/** Overwrites the message that a decoder just read in a frame: kind, delay and solicited-node groups stay, these under other names. */
export function rewriteListener(frame: Uint8Array, read: ListenerPacket, to: RewritingGroups): void {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  const { headerAt, at, end } = read
  const groupAt = (record: number): Ipv6 => {
    const last = read.solicitedIn(view, record)
    return last < 0 ? ALL_NODES : to.group(last)
  }
  const isGeneral = read.type === LISTENER.query && read.isGeneral(view)
  const count = read.count(view)
  for (let [record, seen] = [read.firstRecord(), 0]; seen < count; seen++) {
    const next = read.nextRecord(view, record)
    if (next === 0) {
      frame.fill(0, Math.min(record, end), end)
      break
    }
    if (!isGeneral) setIpv6(view, record + GROUP, groupAt(record))
    frame.fill(0, record + RECORD, Math.min(next, end))
    record = next
  }
  setIpv6(view, headerAt + SOURCE, to.ip(getIpv6(view, headerAt + SOURCE)))
  // a report of version 1 goes to the group itself
  if (read.type === LISTENER.report) setIpv6(view, headerAt + DESTINATION, getIpv6(view, read.firstRecord() + GROUP))
  frame.fill(0, end)
  const whole = headerAt + HEADER + view.getUint16(headerAt + 4)
  if (whole > frame.length) return
  view.setUint16(at + CHECKSUM, 0)
  view.setUint16(at + CHECKSUM, ~checksumOf(view, headerAt, at, whole) & 0xffff)
}
