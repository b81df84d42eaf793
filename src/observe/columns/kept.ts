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
/** The sender's address in the request; 0: a probe. */
export const askerIp = 10
/** Even: times are doubles. */
export const width = askerIp + 2
export const rowBytes = width * 4
