/** Columns of what every frame needs of its claim, 32-bit words; times are doubles over two. */
export const address = 0
/** One bit for the ordinal of the claim on its address, the last bit for all further ones. */
export const bit = 1
export const lastFrame = 2
/** How many latencies were offered for the median. */
export const latencies = 3
export const lastAt = 4
/** 0 when there was none. */
export const lastGratuitousAt = 6
/** Latencies kept for the median: their block (its number plus one), and how many; without a block one, right here. */
export const block = 8
export const sampled = 9
export const onlySample = 10
/** The last of its other Ethernet sources (source.ts), its number plus one, and how many there are. */
export const lastSource = 11
export const sources = 12
/** 1 where a frame that made the claim had its MAC as the Ethernet source too. */
export const isSource = 13
/** One line of 64 bytes. */
export const width = isSource + 3
export const rowBytes = width * 4
