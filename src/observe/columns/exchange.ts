/** Columns of an open exchange, 32-bit words; the time is a double over the first two. A ring of them is a conversation's. */
/** Who answered: the `bit` (seen.ts) of each claim. */
export const answeredBy = 2
export const mode = 3
/** The claim (number plus one) that a unicast request went to. */
export const askedClaim = 4
/** Where its details are kept (number plus one). */
export const kept = 5
export const width = kept + 1
export const rowBytes = width * 4
/** Open exchanges of one conversation, a power of two; rounds come every 300 ms at the fastest, and an answer counts for 2 s. */
export const ring = 8
export const ringBytes = ring * rowBytes
