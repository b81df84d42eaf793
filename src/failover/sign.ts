import type { Advert } from '../wire/advert.js'
import type { Ip } from '../wire/ip.js'
import type { Mac } from '../wire/mac.js'

/** How an announcement was made: gratuitous ARP in one of its two forms, or an unsolicited neighbour advertisement. */
export type AnnouncementForm =
  | 'gratuitous ARP request'
  | 'gratuitous ARP reply'
  | 'override advertisement'
  | 'advertisement without override'

/** What a frame says of who has an address. `at` is in microseconds since the epoch. */
export type Sign =
  | { readonly what: 'ask'; readonly at: number; readonly asker: Mac }
  | { readonly what: 'answer'; readonly at: number; readonly mac: Mac; readonly to: Mac }
  | { readonly what: 'announcement'; readonly at: number; readonly mac: Mac; readonly form: AnnouncementForm }

/** An advert of VRRP or CARP, and when it was seen. */
export interface SeenAdvert {
  readonly at: number
  readonly advert: Advert
}

/** Who hears what the frames of a capture say. `vlans`: the tags of the frame, outermost first. */
export interface Hearer {
  sign(ip: Ip, vlans: readonly number[], sign: Sign): void
  advert(vlans: readonly number[], seen: SeenAdvert): void
}
