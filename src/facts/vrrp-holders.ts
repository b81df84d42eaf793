import { addressesByIp } from '../node/lookups.js'
import type { Host, VrrpInstance } from '../node/model.js'

/**
 * The instances by which keepalived of this host holds the address now: it runs, one of its settings has the address, and the
 * kernel has it too. keepalived adds an address when it becomes master, and again when somebody else removes it.
 */
export function holdingInstances(host: Host, ip: string): readonly VrrpInstance[] {
  const { addresses } = host.sections
  if (!addresses.known || addressesByIp(addresses.value, ip).length === 0) return []
  return runningInstances(host).filter((one) => one.addresses.some((vip) => vip.ip === ip))
}

/** Those of a keepalived that runs; none where the host was not read. */
export function runningInstances({ reached, sections: { keepalived } }: Host): readonly VrrpInstance[] {
  return reached && keepalived.known && keepalived.value.running ? keepalived.value.instances : []
}
