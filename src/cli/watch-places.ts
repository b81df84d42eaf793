import { hasSubnetFor, isOnLink, type NetworkInterface } from '../capture/interfaces.js'
import type { Ip } from '../wire/ip.js'

/** Which of the interfaces that were named an address is watched at: by its place among them. */
export type PlaceOf = (ip: Ip) => number

/**
 * An address belongs to the first interface whose subnet holds it; one that no subnet holds, to the first that has no subnet of its family
 * and so may be on any segment, else to the first of all. `devices`: null where there is no such interface.
 */
export function placeAmong(devices: readonly (NetworkInterface | null)[]): PlaceOf {
  const first = (is: (device: NetworkInterface) => boolean) => devices.findIndex((one) => one !== null && is(one))
  return (ip) => {
    const [held, open] = [first((device) => isOnLink(ip, device)), first((device) => !hasSubnetFor(ip, device))]
    return Math.max(0, held === -1 ? open : held)
  }
}
