import { addressesByInterface, linksByName } from '../../node/lookups.js'
import type { Host, InterfaceAddress, VrrpInstance } from '../../node/model.js'
import { formatMac } from '../../wire/mac.js'
import type { Machine } from './parts.js'
import { covers } from './prefix.js'

/** As its adverts would show it, but that nobody need have heard them. */
export function machineOn(host: Host, instance: VrrpInstance): Machine {
  const { links, addresses } = host.sections
  const name = instance.interface ?? ''
  const mac = links.known ? linksByName(links.value, name)[0]?.mac : null
  const own = (addresses.known ? addressesByInterface(addresses.value, name) : []).filter(isSource(instance))
  return {
    ip: own[0]?.ip ?? host.name,
    mac: formatMac(mac ?? 0),
    node: host.name,
    priority: instance.priority ?? null,
  }
}

/** keepalived advertises from the first address of its interface, of IPv6 from the link-local one, and from no VIP. */
function isSource({ family, addresses: vips }: VrrpInstance): (held: InterfaceAddress) => boolean {
  return (held) =>
    held.family === family && (family === 4 || held.scope === 'link') && !vips.some(({ ip }) => ip === held.ip)
}

/** Whether what this address sends to the group reaches the interface of the instance: one subnet. Of IPv6, link-local everywhere, no subnet tells. */
export function meetsIn({ sections: { addresses } }: Host, instance: VrrpInstance, source: string): boolean {
  if (instance.family === 6 || !addresses.known) return false
  const own = addressesByInterface(addresses.value, instance.interface ?? '').filter(isSource(instance))
  return own.some(({ ip, prefix }) => prefix < 32 && covers(ip, prefix, source))
}
