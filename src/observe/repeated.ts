import { CaptureReader } from '../wire/capture-reader.js'
import { ETHERTYPE } from '../wire/ethernet.js'
import type { FrameSink } from '../wire/frame-sink.js'
import { LINK_TYPE } from '../wire/link-type.js'
import type { Micros } from './model.js'

/**
 * A mirror port that copies both directions shows each frame twice, and `any` on a machine with a bridge or a bond shows it at each of
 * its interfaces. Whoever counts such copies sees storms, and requests of which every second one stays unanswered.
 */

/** Copies of one frame come within this time; a frame of the same bytes before ten times of it is a flood's. */
const APART: Micros = 1000
const MOST_TIMES = 4
const BYTES_LOOKED_AT = 256 * 1024
const FEWEST_FRAMES = 6
const SHARE = 0.95
const MOST_KNOWN = 65_536

/** How a capture repeats its frames, by how it begins; null: not at all, or not in the same way for nearly all. */
export function repetitionIn(start: Uint8Array): Repetition | null {
  const groups = new Groups()
  new CaptureReader(groups).push(start.subarray(0, BYTES_LOOKED_AT))
  return groups.repetition()
}

/** How often each frame is there; or at most once at each interface, as LINUX_SLL2 names it. */
export type Repetition = number | 'per interface'

/** Frames of the same bytes at about this time; a sender's own burst makes several of each its copies. */
interface Group {
  readonly at: Micros
  times: number
}

class Groups implements FrameSink {
  private readonly last = new Map<string, Group>()
  private readonly all: Group[] = []
  private ofInterfaces = false

  frame(view: DataView, start: number, end: number, linkType: number, seconds: number, nanos: number): void {
    const [key, at] = [keyOf(view, start, end, linkType), seconds * 1e6 + nanos / 1000]
    const before = this.last.get(key)
    if (before && isOneMoment(before, at)) {
      before.times++
      return
    }
    if (before && at - before.at < 10 * APART) before.times = 0
    const group: Group = { at, times: 1 }
    this.last.set(key, group)
    this.all.push(group)
  }

  repetition(): Repetition | null {
    if (this.ofInterfaces) return 'per interface'
    // of the bursts of a sender nothing can be said
    const apart = this.all.filter(({ times }) => times > 0)
    if (apart.length < FEWEST_FRAMES || this.last.size < 2) return null
    for (let times = MOST_TIMES; times > 1; times--) {
      const fitting = apart.filter((one) => one.times % times === 0)
      if (fitting.length >= SHARE * apart.length) return times
    }
    return null
  }

  linkType(linkType: number): void {
    this.ofInterfaces ||= linkType === LINK_TYPE.linuxSll2
  }

  otherRecord(): void {}
  damaged(): void {}
}

interface Sighting extends Group {
  readonly interfaces: Set<number>
}

/** Hands on the first of the copies of each frame; in the place of the others, frames of nobody's protocol. */
export class OnceEach implements FrameSink {
  copies = 0
  private readonly last = new Map<string, Sighting>()
  private readonly to: FrameSink
  private readonly by: Repetition

  constructor(to: FrameSink, by: Repetition) {
    this.to = to
    this.by = by
  }

  frame(view: DataView, start: number, end: number, linkType: number, seconds: number, nanos: number): void {
    const [key, at] = [keyOf(view, start, end, linkType), seconds * 1e6 + nanos / 1000]
    const heardAt = interfaceOf(view, start, end, linkType)
    const before = this.last.get(key)
    if (before && isOneMoment(before, at) && this.isCopy(before, heardAt)) {
      before.times++
      before.interfaces.add(heardAt)
      this.copies++
      this.to.frame(NOBODYS, 0, NOBODYS.byteLength, linkType, seconds, nanos)
      return
    }
    if (this.last.size >= MOST_KNOWN) this.last.clear()
    this.last.set(key, { at, interfaces: new Set([heardAt]), times: 1 })
    this.to.frame(view, start, end, linkType, seconds, nanos)
  }

  /** What comes back at the same interface was sent twice. */
  private isCopy({ interfaces, times }: Sighting, heardAt: number): boolean {
    return this.by === 'per interface' ? !interfaces.has(heardAt) : times < this.by
  }

  otherRecord(): void {
    this.to.otherRecord()
  }

  linkType(linkType: number): void {
    this.to.linkType(linkType)
  }

  damaged(reason: string): void {
    this.to.damaged(reason)
  }
}

/** Zeros name no protocol in the header of any link type that is read. */
const NOBODYS = new DataView(new ArrayBuffer(60))

function isOneMoment(group: Group, at: Micros): boolean {
  return Math.abs(at - group.at) <= APART
}

const MOST_BYTES = 128
const ARP_BYTES = 28
/** Where the EtherType is, and how long the header; what else a cooked one has tells one copy from another. */
const HEADERS: Readonly<Record<number, { readonly type: number; readonly length: number } | undefined>> = {
  [LINK_TYPE.ethernet]: { type: 12, length: 14 },
  [LINK_TYPE.linuxSll]: { type: 14, length: 16 },
  [LINK_TYPE.linuxSll2]: { type: 0, length: 20 },
}

/** What copies of a frame have in common: an ARP packet may be padded in one of them only. */
function keyOf(view: DataView, start: number, end: number, linkType: number): string {
  const header = HEADERS[linkType]
  if (!header || end - start < header.length) return latin1(view, start, end)
  const payload = start + header.length
  const isArp = view.getUint16(start + header.type) === ETHERTYPE.arp
  const macs = linkType === LINK_TYPE.ethernet ? latin1(view, start, start + header.type) : ''
  return (
    macs +
    latin1(view, start + header.type, start + header.type + 2) +
    latin1(view, payload, Math.min(end, payload + (isArp ? ARP_BYTES : MOST_BYTES)))
  )
}

/** https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html */
const SLL2_INTERFACE = 4

function interfaceOf(view: DataView, start: number, end: number, linkType: number): number {
  return linkType === LINK_TYPE.linuxSll2 && end - start >= SLL2_INTERFACE + 4
    ? view.getUint32(start + SLL2_INTERFACE)
    : 0
}

function latin1(view: DataView, start: number, end: number): string {
  return Buffer.from(view.buffer, view.byteOffset + start, end - start).toString('latin1')
}
