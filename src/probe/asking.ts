import { type Ip, isIpv4, isIpv6 } from '../wire/ip.js'
import { isLinkLocal6 } from '../wire/ipv6.js'
import { network } from '../wire/subnet.js'

/** An address of the interface we ask on. */
export interface OwnAddress {
  readonly ip: Ip
  readonly prefix: number
  /** The kernel counts it second in a subnet that has an address already, as it does what keepalived adds. */
  readonly secondary: boolean
  /** Of IPv6: nobody answers at it, because duplicate address detection still runs, or has failed. */
  readonly isTentative?: boolean
  /** Of IPv6: the kernel made it from the prefix and what it knows of the interface: nobody put it there as a VIP. */
  readonly isMadeByKernel?: boolean
}

/** What is known of the addresses that belong to services and not to one machine. */
export interface ServiceAddresses {
  /** It is a VIP. */
  isVip(ip: Ip): boolean
  /** It lies in a pool from which VIPs are taken. */
  isPooled(ip: Ip): boolean
}

/** Where no cluster was read. */
export const NO_SERVICES: ServiceAddresses = { isVip: () => false, isPooled: () => false }

/**
 * The addresses to name as sender, in turn, when `target` is asked for; none when no request is safe. Whoever hears a
 * request notes its sender pair: one that names a VIP moves the VIP to us. A single address (/32, /128) was put there as VIPs are,
 * and so may one be that lies in a pool and is not the first of its subnet.
 */
export function askingAddresses(target: Ip, own: readonly OwnAddress[], services: ServiceAddresses): readonly Ip[] {
  return isIpv4(target) ? fromIpv4(target, own, services) : fromIpv6(target, own, services)
}

function fromIpv4(target: Ip, own: readonly OwnAddress[], services: ServiceAddresses): readonly Ip[] {
  const rank = ({ ip, prefix, secondary }: OwnAddress) =>
    (isInSubnet(target, { ip, prefix }) ? 0 : 4) + (services.isPooled(ip) ? 2 : 0) + (secondary ? 1 : 0)
  const usable = own.filter(({ ip, prefix, secondary }) => {
    const ofAService = services.isVip(ip) || (secondary && services.isPooled(ip))
    return isIpv4(ip) && ip !== target && prefix < 32 && !ofAService
  })
  return usable
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, 1)
    .map(({ ip }) => ip)
}

/**
 * A kernel asks from its link-local address or from one of the target's prefix: so both of ours take turns. IPv6 has no order of
 * addresses that would show which came first, hence none in a pool.
 */
function fromIpv6(target: Ip, own: readonly OwnAddress[], services: ServiceAddresses): readonly Ip[] {
  const usable = own.filter(({ ip, prefix, isTentative = false }) => {
    const ofAService = services.isVip(ip) || services.isPooled(ip)
    return isIpv6(ip) && ip !== target && prefix < 128 && !isTentative && !ofAService
  })
  const linkLocal = usable.filter(isLinkLocal)
  const samePrefix = usable.filter((one) => !isLinkLocal(one) && isInSubnet(target, one))
  return [...certainlyOurs(linkLocal), ...certainlyOurs(samePrefix)].map(({ ip }) => ip)
}

function isLinkLocal({ ip }: OwnAddress): boolean {
  return isIpv6(ip) && isLinkLocal6(ip)
}

/** One at most. Of several of one prefix all but those that the kernel made may be VIPs: VRRP has link-local ones too. */
function certainlyOurs(alike: readonly OwnAddress[]): readonly OwnAddress[] {
  const ours = alike.length < 2 ? alike : alike.filter(({ isMadeByKernel = false }) => isMadeByKernel)
  return ours.slice(0, 1)
}

/** Whether `target` lies in the subnet of an address. */
export function isInSubnet(target: Ip, { ip, prefix }: Pick<OwnAddress, 'ip' | 'prefix'>): boolean {
  return isIpv4(target) === isIpv4(ip) && network(target, prefix) === network(ip, prefix)
}
