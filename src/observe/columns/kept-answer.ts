/** Columns of an answer to an exchange that is kept in full, 32-bit words. */
export const claim = 0
export const afterMicros = 1
export const frame = 2
/** The next one to the same exchange, its number plus one. */
export const next = 3
export const width = next + 1
export const rowBytes = width * 4
