/** The tables that give out numbers (core/id-table.ts), by their places in the region that says how each one stands. */
export const addresses = 0
export const asked = 1
export const claims = 2
export const conversations = 3
export const askedConversations = 4
export const senders = 5
export const ips = 6
export const count = 7
/** Columns of how one stands, 32-bit words (the members of the class, in their order). */
export const numbers = 0
export const mask = 1
export const keys = 2
export const slots = 3
export const limit = 4
export const width = limit + 1
export const rowBytes = width * 4
/** Of a key. */
export const keyWords = 4
export const keyBytes = keyWords * 4
