import type { CannotLook } from '../known.js'
import type { FrameSource } from './source.js'

/**
 * ARP, also behind a VLAN tag. The kernel takes the outer tag off before a filter sees the frame, so this covers QinQ
 * too; after the word `vlan` all offsets of the expression shift, hence its place at the end.
 */
export const ARP_FILTER = 'arp or (vlan and arp)'

/** Bytes kept of a frame: an ARP packet behind two tags takes 50. */
export const SNAP_LENGTH = 128

/** A capture that is running: nothing that comes from now on is missed. */
export interface LiveSource extends FrameSource {
  /** Known once the stream has ended. `dropped`: frames lost before we saw them; null when the engine cannot tell. */
  conditions(): { readonly dropped: number | null; readonly clock: 'kernel' | 'userspace' }
}

/** The engine is not on this machine (as opposed to: it may not or cannot listen); another one may be. */
export class EngineMissing extends Error {
  override readonly name = 'EngineMissing'
  readonly reason: CannotLook
  constructor(reason: CannotLook) {
    super(reason.message, { cause: reason })
    this.reason = reason
  }
}
