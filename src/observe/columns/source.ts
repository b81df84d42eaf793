/** Columns of another Ethernet source of a claim, doubles. */
export const mac = 0
/** The one before of the same claim, its number plus one. */
export const next = 1
export const width = next + 1
export const rowBytes = width * 8
