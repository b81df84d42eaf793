/**
 * Columns of a flow, 32-bit words. The first half, one line of the processor's cache, is all that most frames need.
 */
/** See flow-traits.ts. */
export const traits = 0
/** Numbers (-1 for none): claim of the sender, address in question, sending MAC, conversation. */
export const claim = 1
export const about = 2
export const sender = 3
export const conversation = 4
export const count = 5
/** For unicast requests: the claim of the MAC that was asked. */
export const askedClaim = 6
/** For answers. 3 columns each in the order of REQUEST_MODES: exchanges answered, and answered first. */
export const answered = 7
export const first = 10
/** Microseconds to the answer, broadcast rounds only. */
export const minLatency = 13
export const maxLatency = 14
export const lastLatency = 15
/** See flow-key.ts. */
export const key = 16
/** A double over two words: the time of the first frame. */
export const firstAt = 28
export const firstFrame = 30
/** Its number in the table of loops, plus one. */
export const loop = 31
export const width = loop + 1
export const rowBytes = width * 4
