/**
 * No sender repeats one broadcast frame more often than this in a second by itself: Linux retries once a second
 * (`retrans_time_ms`), announcers send bursts of a few frames.
 */
export const copiesPerSecond = 50
