/** Columns of a frame that waits to be noted, 32-bit words. */
/** The byte where an ARP frame starts; 0 for one of another protocol. */
export const start = 0
/** The address of the row of its flow; 0 when that is not known. */
export const row = 1
export const seconds = 2
export const nanos = 3
export const width = 4
