import * as FLOW_KEY from './flow-key.js'

/**
 * Columns of a frame of neighbour discovery that is known byte by byte, 32-bit words: first the frame itself, untagged and on
 * Ethernet, with one option for a link-layer address (86 bytes).
 */
export const bytes = 86
/** The number of its flow, plus one, and how often keys had been forgotten when it had that. */
export const flow = 22
export const forgotten = 23
/** The key of its flow (flow-key.ts). */
export const key = 24
/** And a rest, which makes it five lines of 32 bytes. */
export const width = key + FLOW_KEY.width + 4
export const rowBytes = width * 4
