/** Columns of a frame that was gathered, 32-bit words. */
/** The byte where a frame of ARP or neighbour discovery starts; 0 for one of another protocol. */
export const start = 0
/** The number of the flow that it is likely of, plus one; 0 when there is none; and with `known` beside it that of a known frame. */
export const flow = 1
export const seconds = 2
export const nanos = 3
export const width = nanos + 1
export const rowBytes = width * 4

/** Beside a number: it is one of known-frame.ts. */
export const known = 0x4000_0000
