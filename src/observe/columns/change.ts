/** Columns of a time at which an address changed hands, 32-bit words; the time is a double over the first two. */
export const frame = 2
/** The claims before and after. */
export const from = 3
export const to = 4
/** Whether it was announced by a gratuitous frame. */
export const announced = 5
/** The next one of the same address, its number plus one. */
export const next = 6
/** Even: times are doubles. */
export const width = next + 2
export const rowBytes = width * 4
