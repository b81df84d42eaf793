import type { ClusterSnapshot } from '../model.js'
import type { FindBgp } from './announcer.js'
import { announcers } from './registry.js'

/**
 * The object by which an address of a Service is announced by BGP: such an address is a route, and no machine needs to
 * answer ARP for it. Null where no object says so. It holds only of an address that no announcer counts its own at layer 2.
 */
export function bgpOf(cluster: ClusterSnapshot): FindBgp {
  const sources = announcers.flatMap((one) => ('byBgp' in one ? [one.byBgp(cluster)] : []))
  return (service, ip) => sources.map((find) => find(service, ip)).find((object) => object !== null) ?? null
}
