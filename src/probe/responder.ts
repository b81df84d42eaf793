import type { Mac } from '../wire/mac.js'

/** A host whose answer for an address has been heard. */
export interface Responder {
  readonly mac: Mac
  /** It answered an RFC 5227 probe, or a solicitation from ::, at least once. */
  readonly answeredProbe: boolean
  /** How many requests that name an asker it has answered so far; absent: nobody counts while the requests are sent. */
  readonly answers?: number
  /** Of an IPv6 address. */
  readonly advertised?: Advertised
}

/** What a host has advertised of an IPv6 address, in answer to solicitations that name an asker. */
export interface Advertised {
  /** It answered a request to the group of the address. */
  readonly answeredGroup: boolean
  readonly answeredUnicast: boolean
  /** It set the O flag in an answer, as a kernel that holds the address does where the packet was for the group. */
  readonly overrides: boolean
}
