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
export const width = 14
