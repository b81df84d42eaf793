import { valueOr } from '../known.js'
import { linksByName, linksByParent } from '../node/lookups.js'
import type { Host, Link } from '../node/model.js'
import { once } from '../once.js'

/** A node with hundreds of VLANs is predicted; with more interfaces on the wire than this a host is none, and every address costs all of them. */
export const MOST_INTERFACES = 512

/** Whether a host meets the wire at so many interfaces that it is left out of what is predicted. */
export function isCrowded(host: Host): boolean {
  return isPlainlyCrowded(valueOr(host.sections.links, NO_LINKS)) || wireInterfaces(host).length > MOST_INTERFACES
}

/** By those alone that stand on nothing and under nothing: of a host with very many, told before all of them are gone through. */
const isPlainlyCrowded = once((links: readonly Link[]): boolean => {
  let plain = 0
  for (const { facesSegment, kind, master } of links) {
    if (facesSegment && (kind === null || kind === 'vlan') && master === null) plain += 1
    if (plain > MOST_INTERFACES) return true
  }
  return false
})

/**
 * Where a host meets the wire: NICs and what stands for them, a bond instead of its members, the ports of a bridge instead of
 * the bridge, and the VLANs on each. Interfaces of pods are none.
 */
export function wireInterfaces(host: Host): readonly string[] {
  return onTheWire(valueOr(host.sections.links, NO_LINKS))
}

const NO_LINKS: readonly Link[] = []

const onTheWire = once((all: readonly Link[]): readonly string[] => {
  const links = all.filter(({ role }) => role !== 'loopback')
  const facing = links.filter(({ facesSegment }) => facesSegment)
  const candidates = facing.length > 0 ? facing : links.filter(({ role }) => role !== 'cni-veth')
  const stacks = stacksOf(links)
  return candidates.filter((link) => !isMember(link, stacks) && !standsOnOthers(link, stacks)).map(({ name }) => name)
})

interface Stacks {
  readonly names: ReadonlySet<string>
  readonly bonds: ReadonlySet<string>
  readonly masters: ReadonlySet<string>
}

function stacksOf(links: readonly Link[]): Stacks {
  return {
    names: new Set(links.map(({ name }) => name)),
    bonds: new Set(links.flatMap(({ name, kind }) => (kind === 'bond' || kind === 'team' ? [name] : []))),
    masters: new Set(links.flatMap(({ master }) => master ?? [])),
  }
}

function isMember({ master }: Link, { bonds }: Stacks): boolean {
  return master !== null && bonds.has(master)
}

/** A bridge is met at its ports, a macvlan at its parent; a VLAN has frames of its own. */
function standsOnOthers({ name, kind, parent }: Link, { names, masters }: Stacks): boolean {
  if (kind === 'bridge' || kind === 'vrf') return masters.has(name)
  return (kind === 'macvlan' || kind === 'ipvlan') && parent !== null && parent !== name && names.has(parent)
}

/** A device, its masters, and the macvlans beside them; VLANs have frames of their own. */
export function linkStack(links: readonly Link[], name: string): string[] {
  const stack = new Set([name])
  for (const one of stack) {
    const master = linksByName(links, one)[0]?.master
    if (master) stack.add(master)
    for (const { name: child, kind } of linksByParent(links, one)) {
      if (kind === 'macvlan' || kind === 'ipvlan') stack.add(child)
    }
  }
  return [...stack]
}
