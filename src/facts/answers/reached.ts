import { heldAddresses, heldAddresses6, inSubnetOf, widthOf } from '../../answering/addresses.js'
import { linkStack, wireInterfaces } from '../../answering/interfaces.js'
import { valueOr } from '../../known.js'
import { addressesByInterface, linksByName } from '../../node/lookups.js'
import type { Host, InterfaceAddress, Link } from '../../node/model.js'
import type { Ip } from '../../wire/ip.js'
import type { Mac } from '../../wire/mac.js'

/** What a capture shows of the segment that it was taken on. */
export interface Segment {
  /** MACs that spoke about the address on it. */
  readonly macs: ReadonlySet<Mac>
  /** The address, and those who asked for it. */
  readonly ips: readonly Ip[]
  readonly vlans: readonly number[]
}

/** An interface that a frame of the segment reaches; `vlan`: with this tag still on it. */
export interface Reached {
  readonly on: string
  readonly vlan: number | null
}

const NO_LINKS: readonly Link[] = []
const NO_ADDRESSES: readonly InterfaceAddress[] = []

/**
 * Where a frame of the segment reaches a host: at the interfaces whose MAC spoke on it, and at every one with a subnet that holds
 * the address or an asker. A host with none of these is reached at its only interface, or at each of them.
 */
export function reachedInterfaces(host: Host, segment: Segment): readonly Reached[] {
  const links = valueOr(host.sections.links, NO_LINKS)
  const all = wireInterfaces(host)
  const tagged = segment.vlans.length === 1 ? taggedOn(links, segment.vlans[0]!) : []
  if (tagged.length > 0) return tagged
  const inSubnet = new Set(all.filter((name) => hasSubnet(host, linkStack(links, name), segment.ips)))
  const spoke = all.filter((name) => macsAbove(links, name).some((mac) => segment.macs.has(mac)))
  // VLANs of one NIC share its MAC: then the subnet tells them apart
  const taken = new Set(spoke.length > 0 ? [...inSubnet].flatMap((name) => macsAbove(links, name)) : [])
  const told = spoke.filter((name) => inSubnet.has(name) || !macsAbove(links, name).some((mac) => taken.has(mac)))
  const reached = all.filter((name) => inSubnet.has(name) || told.includes(name))
  return (reached.length > 0 ? reached : all).map((on) => ({ on, vlan: null }))
}

/** A capture of a trunk: the VLAN device's parent gets the frame with its tag. */
function taggedOn(links: readonly Link[], vlan: number): Reached[] {
  return links.flatMap(({ kind, vlanId, parent, facesSegment }) =>
    kind === 'vlan' && vlanId === vlan && parent !== null && facesSegment ? [{ on: parent, vlan }] : [],
  )
}

function hasSubnet({ sections: { addresses } }: Host, names: readonly string[], ips: readonly Ip[]): boolean {
  const all = valueOr(addresses, NO_ADDRESSES)
  const here = names.flatMap((name) => addressesByInterface(all, name))
  // fe80::/64 is the same on every link and tells none from another
  const six = heldAddresses6(here).filter(({ scope }) => scope !== 'link')
  return [...heldAddresses(here), ...six].some(
    (one) => one.length < widthOf(one.ip) && ips.some((ip) => inSubnetOf(ip, one)),
  )
}

function macsAbove(links: readonly Link[], name: string): Mac[] {
  return linkStack(links, name).flatMap((one) => linksByName(links, one).flatMap(({ mac }) => mac ?? []))
}
