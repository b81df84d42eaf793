import { formatIp, isIpv4 } from '../wire/ip.js'
import { isLinkLocal6 } from '../wire/ipv6.js'
import { network } from '../wire/subnet.js'
import type { NetworkInterface } from './interfaces.js'

/**
 * What machines on one segment call it alike, fit for the name of an object of Kubernetes: its first subnet (`10-77-0-0-24`), IPv4 before
 * IPv6, or the name of the interface where it has none. A single address is put there as VIPs are, and names nothing.
 */
export function segmentName({ name, addresses }: Pick<NetworkInterface, 'name' | 'addresses'>): string {
  const subnets = addresses
    .filter(({ ip, prefix }) => (isIpv4(ip) ? prefix < 32 : prefix < 128 && !isLinkLocal6(ip)))
    .sort((one, other) => Number(!isIpv4(one.ip)) - Number(!isIpv4(other.ip)) || (one.ip < other.ip ? -1 : 1))
  const [first] = subnets
  const text = first === undefined ? `if-${name}` : `${formatIp(network(first.ip, first.prefix))}-${first.prefix}`
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
}
