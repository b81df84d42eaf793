import type { LiveOptions } from '../capture/open-live.js'
import { CannotLook } from '../known.js'
import { formatIp, type Ip, isIpv4 } from '../wire/ip.js'
import { UsageError } from './exit-codes.js'

/** Throws UsageError for an IPv4 address that is a subnet's own on the interface that is asked, before anything is asked. */
export async function refuseNoHosts(
  all: readonly Ip[],
  { capture }: { readonly capture: Pick<LiveOptions, 'vips' | 'interface'> },
): Promise<void> {
  const named = all.filter(isIpv4)
  if (!named.some(mayBeASubnets)) return
  const { chooseDevice } = await import('../capture/open-live.js')
  const { whyNoHostOn } = await import('../capture/interfaces.js')
  const device = (await chooseDevice(capture).catch(untold))?.choice.interface
  if (device === undefined) return
  for (const ip of named) {
    const why = whyNoHostOn(ip, device)
    if (why !== null) throw new UsageError(`${formatIp(ip)} cannot be a VIP: ${why}; name another address`)
  }
}

/** A subnet of /30 or larger begins and ends with such an address; all others cost no look at the interfaces. */
function mayBeASubnets(ip: number): boolean {
  return ip % 4 === 0 || ip % 4 === 3
}

/** That there is nothing to look at is said where it is opened. */
function untold(error: unknown): null {
  if (error instanceof CannotLook) return null
  throw error
}
