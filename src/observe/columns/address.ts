/** Columns of an address, doubles; those that every frame needs are in address-seen.ts. */
/** A claim's number plus one, 0 for none. */
export const firstClaim = 0
export const claims = 1
/** 3 columns, in the order of REQUEST_MODES. */
export const sent = 2
/** 3 columns. */
export const answered = 5
export const contested = 8
export const changes = 9
/** Of the probes, those that went to one MAC. */
export const probesToOne = 10
/** The first and the last of the kept changes (change.ts), their numbers plus one. */
export const firstChange = 11
export const lastChange = 12
export const width = lastChange + 1
export const rowBytes = width * 8
