/**
 * No sender repeats one broadcast frame more often than this in a second by itself: Linux retries once a second
 * (`retrans_time_ms`), announcers send bursts of a few frames.
 */
export const copiesPerSecond = 50
/** Columns of a broadcast frame that came more often, 32-bit words: the key of its flow (flow-key.ts), and then these. */
export const firstFrame = 12
export const copies = 13
export const peakPerSecond = 14
/** Times, doubles over two words. */
export const firstAt = 16
export const lastAt = 18
export const width = lastAt + 2
export const rowBytes = width * 4
