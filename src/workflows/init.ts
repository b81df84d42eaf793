import { startingFile, startingVips } from '../check/starting-file.js'
import { CannotLook } from '../known.js'
import { formatIp, type Ip } from '../wire/ip.js'
import { type ReadCluster, readView } from './read-view.js'

/** The text of a check file for the VIPs of a cluster. Throws CannotLook where there is none to read, or it has no VIP. */
export async function initFromCluster(readCluster: ReadCluster, interrupted: AbortSignal): Promise<string> {
  const view = await readView(readCluster, interrupted)
  if (!view.known) throw new CannotLook(view.gap)
  const { services } = view.value.cluster
  if (!services.known) throw new CannotLook(services.gap)
  const vips = startingVips(view.value)
  if (vips.length > 0) return startingFile(vips, true)
  const reason = 'no Service has a VIP'
  throw new CannotLook({ subject: view.from, reason, hint: 'name the addresses: l2doctor init --vip 10.0.0.240' })
}

/** The text of a check file for addresses that the operator named. */
export function initFromVips(ips: readonly Ip[]): string {
  const vips = ips.map((ip) => ({ ip: formatIp(ip), service: null, candidates: [] }))
  return startingFile(vips, false)
}
