/** Columns of a frame that was gathered, 32-bit words. */
/** The byte where an ARP frame starts; 0 for one of another protocol. */
export const start = 0
/** The number of the flow that it is likely of, plus one; 0 when there is none. */
export const flow = 1
export const seconds = 2
export const nanos = 3
export const width = 4
