/** Columns of an exchange that is kept in full, 32-bit words; its time is a double over the first two. */
export const frame = 2
/** See mode.ts. */
export const mode = 3
/** The next one of the same address, its number plus one. */
export const next = 4
/** The first and the last answer (kept-answer.ts), their numbers plus one. */
export const firstAnswer = 5
export const lastAnswer = 6
/** ethDst and ethSrc of the request, 12 bytes as the wire has them. */
export const ethernet = 7
export const width = 10
