import { valueOr } from '../known.js'
import type { Host } from '../node/model.js'
import { formatIp, type Ip, isIpv4 } from '../wire/ip.js'
import { network } from '../wire/subnet.js'
import { type Held, heldAddresses, heldAddresses6, inSubnetOf, widthOf } from './addresses.js'

/**
 * A client of the VIP's own subnet, for a question that names no asker: the last address of the narrowest subnet in which the
 * VIP lies on one of the hosts, that none of them holds. Null: no host has such a subnet.
 */
export function likelyAsker(hosts: readonly Host[], target: Ip): string | null {
  const lists = hosts.map(({ sections: { addresses } }) => valueOr(addresses, []))
  const held = lists.flatMap((all): readonly Held<Ip>[] => (isIpv4(target) ? heldAddresses(all) : heldAddresses6(all)))
  const wide = held.filter(({ length, ip }) => length < widthOf(ip) - 1)
  const own = wide.filter((one) => inSubnetOf(target, one))
  const [subnet] = [...(own.length > 0 ? own : wide.filter(({ scope }) => scope === 'global'))].sort(
    (a, b) => b.length - a.length,
  )
  if (!subnet) return null
  const taken = new Set(held.map(({ ip }) => ip))
  const free = fromTheEnd(subnet).find((ip) => ip !== target && !taken.has(ip))
  return free === undefined ? null : formatIp(free)
}

/** So many addresses of a subnet are looked at. */
const MOST_TAKEN = 1000

/** The last addresses of a subnet, the very last one left out: it may be the broadcast address. */
function fromTheEnd({ ip, length }: Held<Ip>): Ip[] {
  const base = network(ip, length)
  const size = 2n ** BigInt(widthOf(ip) - length)
  const last = BigInt(base) + size - 1n
  const count = size > MOST_TAKEN ? MOST_TAKEN : Number(size)
  const all = Array.from({ length: count - 1 }, (_, at) => last - 1n - BigInt(at))
  return isIpv4(ip) ? all.map(Number) : all
}
