import type { Host } from './model.js'

/**
 * One host a machine: an operator may name by its address what the cluster names by its node name, and both are then read.
 * The same MACs towards the segment with the same addresses there are one machine; of its names that of a node is kept.
 */
export function oneEachMachine(hosts: readonly Host[]): readonly Host[] {
  if (hosts.length < 2) return hosts
  const kept = new Map<string, Host>()
  for (const host of hosts) {
    const machine = identityOf(host) ?? `name ${host.name}`
    const before = kept.get(machine)
    if (!before || (isAddress(before.name) && !isAddress(host.name))) kept.set(machine, host)
  }
  const chosen = new Set(kept.values())
  return hosts.filter((host) => chosen.has(host))
}

/**
 * Null where not enough was read. A cloned MAC alone is no proof, nor is a VIP that two hosts hold: so single addresses
 * (/32), as VIPs are, do not count, and one in a subnet is asked for.
 */
function identityOf({ sections: { links, addresses } }: Host): string | null {
  if (!links.known || !addresses.known) return null
  const facing = new Set(links.value.flatMap(({ name, facesSegment }) => (facesSegment ? [name] : [])))
  const macs = links.value.flatMap(({ mac, facesSegment }) => (facesSegment && mac ? [mac] : []))
  const held = addresses.value.filter((one) => one.family === 4 && one.prefix < 32 && facing.has(one.interface))
  if (macs.length === 0 || held.length === 0) return null
  const texts = held.map(({ interface: name, ip, prefix }) => `${name} ${ip}/${prefix}`)
  return [...[...new Set(macs)].sort((a, b) => a - b).map(String), ...texts.sort()].join('\n')
}

function isAddress(name: string): boolean {
  return /^(?:.*@)?(?:[\d.]+|.*:.*|local)$/.test(name)
}
