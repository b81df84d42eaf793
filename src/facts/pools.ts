import { type AddressRange, holdsAddress, parseAddressRange } from '../cluster/address-range.js'
import type { AddressPoolOf } from '../cluster/announcers/announcer.js'
import { announcers } from '../cluster/announcers/registry.js'
import type { ClusterSnapshot } from '../cluster/model.js'

/** A pool of addresses that a controller assigns from, and what it holds. */
export interface Pool {
  /** `IPAddressPool/metallb-system/pool`, `CiliumLoadBalancerIPPool/pool`. */
  readonly object: string
  readonly ranges: readonly AddressRange[]
}

/** Of every announcer, as far as its pools were read. */
export function poolsOf(cluster: ClusterSnapshot): Pool[] {
  return announcers.flatMap((one) => ('pools' in one ? one.pools(cluster).map(parsed) : []))
}

/** The objects of the pools that hold an address. */
export function poolsWith(ip: string, pools: readonly Pool[]): string[] {
  return pools.filter(({ ranges }) => holdsAddress(ranges, ip)).map(({ object }) => object)
}

function parsed({ object, addresses }: AddressPoolOf): Pool {
  return { object, ranges: addresses.flatMap((text) => parseAddressRange(text) ?? []) }
}
