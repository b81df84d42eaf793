import type { Takeover } from '../takeover.js'

/** Where no advert was heard: `advert_int` is 1 s if not set, and the skew is less than that. */
export function keepalivedTakeover(): Takeover {
  return {
    announcer: 'keepalived',
    leastMs: 2000,
    mostMs: 4000,
    because: '3 x advert_int of 1 s, if not set otherwise, + skew of less than 1 s',
    source: 'RFC 9568 section 6.1; keepalived.conf(5), advert_int',
  }
}
