/** Columns of a claim, doubles; those that every frame needs are in claim-seen.ts. */
/** The next claim on the same address, its number plus one. */
export const next = 0
export const requests = 1
export const replies = 2
export const gratuitous = 3
export const firstAt = 4
/** 0 when it was never really made: a MAC that was only asked has a record too. */
export const firstFrame = 5
/** 3 columns, in the order of REQUEST_MODES. */
export const answered = 6
export const askedUnicast = 9
export const firstAnswers = 10
/** Microseconds. */
export const minLatency = 11
export const maxLatency = 12
/** Probes that went to this MAC alone. */
export const askedProbe = 13
/** Probes that this MAC sent itself: its own look whether the address is free, and no question to it. */
export const ownProbes = 14
/** Advertisements (RFC 4861) with the O flag, which make a neighbour forget another MAC; and of those the solicited ones. */
export const overriding = 15
export const solicitedOverriding = 16
export const width = solicitedOverriding + 1
export const rowBytes = width * 8
