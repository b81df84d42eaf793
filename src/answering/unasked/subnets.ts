import type { Host } from '../../node/model.js'
import type { Ipv4 } from '../../wire/ipv4.js'
import { network } from '../../wire/subnet.js'
import { type Held, inSubnetOf } from '../addresses.js'
import { viewOf } from '../host-view.js'
import { linkStack, wireInterfaces } from '../interfaces.js'

/** An interface on the wire, as a client in one of its subnets sees it. */
export interface Faced {
  readonly on: string
  /** The interface, what it is a port of, and the macvlans beside it. */
  readonly stack: ReadonlySet<string>
  /** The host's addresses in subnets of the interface. */
  readonly held: readonly Held[]
  /** A client of the subnet, and another machine of it: addresses that the host does not hold. */
  readonly asker: Ipv4
  readonly other: Ipv4
}

/** A subnet of a single cable has no third machine. */
const LONGEST = 29
/** Free addresses are looked for this far from the end of a subnet. */
const MOST_TAKEN = 1000

/** The interfaces at which clients of a subnet can ask; those without a subnet are left out. */
export function facedInterfaces(host: Host): readonly Faced[] {
  const view = viewOf(host)
  const links = [...view.links.values()]
  return wireInterfaces(host).flatMap((on) => {
    const stack = new Set(linkStack(links, on))
    const held = [...stack].flatMap((device) => view.heldBy.get(device) ?? [])
    const subnet = held.find(({ length, scope }) => length <= LONGEST && scope === 'global')
    const [asker, other] = subnet ? freeAddresses(subnet, view.holders) : []
    return asker === undefined || other === undefined ? [] : [{ on, stack, held, asker, other }]
  })
}

/** The last two addresses of a subnet that the host does not hold. */
function freeAddresses(subnet: Held, holders: ReadonlyMap<Ipv4, unknown>): Ipv4[] {
  const last = network(subnet.peer, subnet.length) + 2 ** (32 - subnet.length) - 1
  const free: Ipv4[] = []
  for (let ip = last - 1; free.length < 2 && ip > last - MOST_TAKEN && inSubnetOf(ip, subnet); ip--) {
    if (!holders.has(ip) && ip !== network(subnet.peer, subnet.length)) free.push(ip)
  }
  return free
}

/** A client of the subnet in which an address lies; else the one of the interface. */
export function askerFor({ ip, peer, length }: Held, faced: Faced): Ipv4 {
  const inSubnet = faced.held.find((one) => one.length <= LONGEST && inSubnetOf(ip, one))
  const subnet = inSubnet ?? { ip, peer, length, device: '', scope: '', flags: [] }
  return freeAddresses(subnet, new Map(faced.held.map((one) => [one.ip, one])))[0] ?? faced.asker
}
