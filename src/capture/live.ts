import type { CannotLook } from '../known.js'
import type { FrameSource } from './source.js'

/** Adverts of VRRP and CARP: protocol 112, also behind an authentication header. */
const ADVERTS = 'ip proto 112 or ip6 proto 112 or (ip proto 51 and ip[20] = 112)'

/** ICMPv6 types 133 to 137 (RFC 4861). */
const DISCOVERY = 'ip6[6] = 58 and ip6[40] >= 133 and ip6[40] <= 137'

/** ICMPv6 behind one hop-by-hop, fragment or destination header: multicast listener reports, and discovery that no host takes. */
const EXTENDED = '(ip6[6] = 0 or ip6[6] = 44 or ip6[6] = 60) and ip6[40] = 58'

const WANTED = `arp or (${DISCOVERY}) or (${EXTENDED}) or ${ADVERTS}`

/**
 * The same behind a VLAN tag. The kernel takes the outer tag off before a filter sees the frame, so this covers QinQ
 * too; after the word `vlan` all offsets of the expression shift, hence its place at the end. src/capture/frame-filter.ts
 * says the same to a packet socket.
 */
export const LISTEN_FILTER = `${WANTED} or (vlan and (${WANTED}))`

/**
 * Bytes kept of a frame: an ARP packet behind two tags takes 50, a solicitation 94, an advert with eight IPv6 addresses 190, a report of
 * 20 multicast groups 478. Of router advertisements and redirects, which may be longer, nothing behind that counts.
 */
export const SNAP_LENGTH = 512

/** A capture that is running: nothing that comes from now on is missed. */
export interface LiveSource extends FrameSource {
  /** Frames lost so far, while it runs; absent where the engine tells at its end only, null where it did not answer. */
  countDropped?(): Promise<number | null>
  /** Known once the stream has ended. `dropped`: frames lost before we saw them; null when the engine cannot tell. */
  conditions(): { readonly dropped: number | null; readonly clock: 'kernel' | 'userspace' }
}

/** The engine is not on this machine (as opposed to: it may not or cannot listen); another one may be. */
export class EngineMissing extends Error {
  override readonly name = 'EngineMissing'
  readonly reason: CannotLook
  /** It is there and does not work: to be said although another engine takes its place. */
  readonly isBroken: boolean
  constructor(reason: CannotLook, isBroken = false) {
    super(reason.message, { cause: reason })
    this.reason = reason
    this.isBroken = isBroken
  }
}
