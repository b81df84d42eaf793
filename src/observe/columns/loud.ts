/** Columns of a subject and kind of frame whose rate reached the lowest storm tier at least once, doubles. */
/** Its place among the rates (region.ts). */
export const place = 0
export const peak = 1
/** The seconds at or above that tier: the first, the last and, should time jump back, the one noted last. */
export const firstSecond = 2
export const newestSecond = 3
export const lastSecond = 4
/** 3 columns each, in the order of STORM_TIERS: the run of seconds that goes on, and the longest one. */
export const run = 5
export const longest = 8
export const width = longest + 3
export const rowBytes = width * 8
