import * as FLOW_KEY from './flow-key.js'

/** Columns of what waits in the queue between reading and noting, 32-bit words. */
/** One of those below in the lowest bits; above them the address of the row of a flow, or what is said there. */
export const what = 0
/** The number of the frame; of a copy, how many of them the open second has. */
export const frame = 1
export const seconds = 2
export const nanos = 3
export const width = nanos + 1
export const rowBytes = width * 4

export const whatMask = 0x7f
/** From this bit on, the first above the mask. */
export const kind = 7

/** A frame of a flow that was met. */
export const arp = 0
/** The first frame of a flow, whose key (flow-key.ts) takes the next places; and the same, all other flows being forgotten. */
export const firstArp = 1
export const firstArpAnew = 2
export const keyPlaces = FLOW_KEY.bytes / rowBytes
/** One more copy of a broadcast frame, of which the open second has too many by now. */
export const copy = 3
/** ARP that belongs to no flow: of a foreign kind, or on a VLAN stack that has no number. Above: the bits of flow-kind.ts. */
export const otherArp = 4
/** Neighbour discovery that belongs to no flow. Above: the bits of flow-kind.ts. */
export const otherDiscovery = 7
/** The counts are to be brought up to date; and the same for good. */
export const settle = 5
export const end = 6
