/** Microseconds since the Unix epoch (an integer below 2^53). */
export type Micros = number
