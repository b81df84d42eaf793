import { type Ip, isIpv6 } from '../wire/ip.js'
import { type NetworkInterface, touchesBridge } from './interfaces.js'

/**
 * Whether a packet socket may have the interface take frames to every group: without it a card passes only those to groups that its
 * host has joined, and solicitations of others for addresses of others are not among them. Not where no IPv6 is asked about; and
 * not where the host may have to answer, for it can hide that its card loses the frames to its own groups.
 */
export function mayHearAllGroups(
  vips: readonly Ip[],
  device: NetworkInterface,
  all: readonly NetworkInterface[],
  mayAnnounce: boolean,
): boolean {
  if (mayAnnounce || touchesBridge(device, all)) return false
  const held = new Set(all.flatMap(({ addresses }) => addresses.map(({ ip }) => ip)))
  return (vips.length === 0 || vips.some(isIpv6)) && !vips.some((ip) => held.has(ip))
}

export function takesAllGroups(device: string): string {
  return `${device} takes all multicast while this listens, so that solicitations of others are heard`
}
