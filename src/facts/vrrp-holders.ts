import { valueOr } from '../known.js'
import { addressesByIp, linksByName } from '../node/lookups.js'
import type { Host, InterfaceAddress, VrrpInstance } from '../node/model.js'

/**
 * The instances by which keepalived of this host holds the address now: it runs, one of its settings has the address, and the
 * kernel has it where keepalived adds it. It adds an address when it becomes master, and again when somebody else removes it. On
 * another interface, as on the lo of a real server of LVS, somebody else has put it, and keepalived may be a backup.
 */
export function holdingInstances(host: Host, ip: string): readonly VrrpInstance[] {
  const held = addressesByIp(valueOr(host.sections.addresses, []), ip)
  if (held.length === 0) return []
  return runningInstances(host).filter(
    (instance) =>
      instance.addresses.some((vip) => vip.ip === ip) && held.some((one) => isWhereItAdds(instance, one, host)),
  )
}

/** Those of a keepalived that runs; none where the host was not read. */
export function runningInstances({ reached, sections: { keepalived } }: Host): readonly VrrpInstance[] {
  return reached && keepalived.known && keepalived.value.running ? keepalived.value.instances : []
}

/** On the interface of the settings, or on one of its own above that (use_vmac, use_ipvlan). */
function isWhereItAdds(
  { interface: name, addresses }: VrrpInstance,
  held: InterfaceAddress,
  { sections }: Host,
): boolean {
  const device = addresses.find(({ ip }) => ip === held.ip)?.device ?? name
  if (device === null) return held.interface !== 'lo'
  const [link] = linksByName(valueOr(sections.links, []), held.interface)
  return held.interface === device || link?.parent === device
}
