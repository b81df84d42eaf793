import { checksumOf } from './discovery-decoder.js'
import { ETHERTYPE } from './ethernet.js'

/** RFC 2710, RFC 3810: ICMPv6 types of multicast listener discovery. */
export const LISTENER = { query: 130, report: 131, done: 132, report2: 143 } as const

/** RFC 8200; a message stands behind a hop-by-hop header with a router alert (RFC 3810 section 5). */
const IPV6 = { payload: 4, next: 6, hopLimit: 7, source: 8, header: 40 } as const
const NEXT = { hopByHop: 0, icmp6: 58 } as const
const FIRST_EXTENSION = 8
/** Version 1 and queries: Maximum Response Delay, then one group; version 2: the number of records, then they. */
const MESSAGE = { delay: 4, group: 8, fixed: 24, records: 6, firstRecord: 8 } as const
const RECORD = { type: 0, auxiliary: 1, sources: 2, group: 4, fixed: 20, source: 16 } as const
/** RFC 3810 section 5.1.3: a greater Maximum Response Code of version 2 is a floating-point number. */
const FLOATING = 0x8000
const VERSION_2_QUERY = 28
/** The first words of ff02::1:ff00:0/104 (RFC 4291 section 2.7.1). */
const SOLICITED = [0xff02_0000, 0, 1] as const

/**
 * Finds a message of multicast listener discovery in a packet. As the other decoders, one instance serves for all frames and holds the last
 * one; nothing is allocated and nothing thrown. A message that no router would take (hop limit, checksum) is none.
 */
export class ListenerPacket {
  /** A value of LISTENER. */
  type = 0
  /** Where the IPv6 header and the message begin, and where its captured bytes end. */
  headerAt = 0
  at = 0
  end = 0
  /** Fewer bytes were captured than the message has. */
  isCut = false

  /** `at` is where the packet of this EtherType begins. */
  find(view: DataView, type: number, at: number, end: number): boolean {
    if (type !== ETHERTYPE.ipv6 || end - at < IPV6.header + FIRST_EXTENSION) return false
    if (view.getUint8(at + IPV6.next) !== NEXT.hopByHop || view.getUint8(at + IPV6.hopLimit) !== 1) return false
    const extension = at + IPV6.header
    if (view.getUint8(extension) !== NEXT.icmp6) return false
    this.headerAt = at
    this.at = extension + 8 * (1 + view.getUint8(extension + 1))
    const whole = at + IPV6.header + view.getUint16(at + IPV6.payload)
    this.isCut = whole > end
    this.end = Math.min(whole, end)
    if (this.end - this.at < MESSAGE.firstRecord) return false
    this.type = view.getUint8(this.at)
    const isReport2 = this.type === LISTENER.report2
    if (!isReport2 && (this.type < LISTENER.query || this.type > LISTENER.done)) return false
    if (!isReport2 && this.end - this.at < MESSAGE.fixed) return false
    return this.isCut || checksumOf(view, at, this.at, whole) === 0xffff
  }

  /** Of a query: whether it asks for every group. */
  isGeneral(view: DataView): boolean {
    for (let word = 0; word < 4; word++) if (view.getInt32(this.at + MESSAGE.group + 4 * word) !== 0) return false
    return true
  }

  /** Of a query: within how many milliseconds a listener answers. */
  delayMs(view: DataView): number {
    const code = view.getUint16(this.at + MESSAGE.delay)
    const isFloating = this.end - this.at >= VERSION_2_QUERY && code >= FLOATING
    return isFloating ? ((code & 0xfff) | 0x1000) << (((code >> 12) & 7) + 3) : code
  }

  /** The records of a report of version 2; of the others one. */
  count(view: DataView): number {
    return this.type === LISTENER.report2 ? view.getUint16(this.at + MESSAGE.records) : 1
  }

  /** Where the first record begins; of version 1, where it would for the group to be at the same place. */
  firstRecord(): number {
    return this.type === LISTENER.report2 ? this.at + MESSAGE.firstRecord : this.at + MESSAGE.group - RECORD.group
  }

  /** The place after a record; 0 where its group was not captured whole. */
  nextRecord(view: DataView, record: number): number {
    if (record + RECORD.fixed > this.end) return 0
    if (this.type !== LISTENER.report2) return this.end
    const more = RECORD.source * view.getUint16(record + RECORD.sources) + 4 * view.getUint8(record + RECORD.auxiliary)
    return record + RECORD.fixed + more
  }

  /** The last 24 bits of the record's group where that is a solicited-node group, else -1. */
  solicitedIn(view: DataView, record: number): number {
    return solicitedAt(view, record + RECORD.group)
  }

  /** Whether a record of version 2 says how things are, in answer to a query, and not what has changed (RFC 3810 section 5.2.12). */
  isCurrentState(view: DataView, record: number): boolean {
    const type = view.getUint8(record + RECORD.type)
    return type === 1 || type === 2
  }

  /** Whether who sent the record listens to its group: RFC 3810 section 5.2.12 has all but an empty INCLUDE. */
  listens(view: DataView, record: number): boolean {
    if (this.type !== LISTENER.report2) return this.type === LISTENER.report
    const type = view.getUint8(record + RECORD.type)
    if (type === 2 || type === 4) return true
    return (type === 1 || type === 3 || type === 5) && view.getUint16(record + RECORD.sources) > 0
  }
}

/** The last 24 bits of the address at this place where that is a solicited-node group, else -1. */
export function solicitedAt(view: DataView, at: number): number {
  for (let word = 0; word < 3; word++) if (view.getUint32(at + 4 * word) !== SOLICITED[word]) return -1
  const last = view.getUint32(at + 12)
  return last >>> 24 === 0xff ? last & 0xff_ffff : -1
}
