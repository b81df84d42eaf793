/**
 * Columns of a flow, 32-bit words. The first half, one line of the processor's cache, is all that most frames need; its
 * first ten words are the key: the nine words of the frame (WORD of src/wire/arp-decoder.ts) as the wire has them, and in
 * `traits` the VLAN stack.
 */
/** See flow-traits.ts. */
export const traits = 9
/** The open second of the last copy (its low half, above) and the copies in it (below); for broadcast frames only. */
export const copies = 10
/** Numbers (-1 for none): claim of the sender, address in question, sending MAC, conversation. */
export const claim = 11
export const about = 12
export const sender = 13
export const conversation = 14
export const count = 15
/** A double over two words: the time of the first frame. */
export const firstAt = 16
export const firstFrame = 18
/** For unicast requests: the claim of the MAC that was asked. */
export const askedClaim = 19
/** Its number in the table of loops, plus one. */
export const loop = 20
/** For answers. 3 columns each in the order of REQUEST_MODES: exchanges answered, and answered first. */
export const answered = 21
export const first = 24
/** Microseconds to the answer, broadcast rounds only. */
export const minLatency = 27
export const maxLatency = 28
export const lastLatency = 29
export const width = 32
