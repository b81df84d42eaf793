/** Columns of what every frame needs of its address, 32-bit words. */
/** The claim seen last, its number plus one. */
export const lastClaim = 0
/** How many more exchanges are to be kept in full. */
export const keepLeft = 1
/** The first and the last of those (kept.ts), their numbers plus one. */
export const firstKept = 2
export const lastKept = 3
export const width = lastKept + 1
export const rowBytes = width * 4
