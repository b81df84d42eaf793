import { type Held, heldAddresses, heldAddresses6, inSubnetOf } from '../../answering/addresses.js'
import { linkStack } from '../../answering/interfaces.js'
import type { AnswerTable, SilentHost } from '../../facts/answers/model.js'
import { valueOr } from '../../known.js'
import type { Host } from '../../node/model.js'
import { formatIp, type Ip, isIpv4, parseIp } from '../../wire/ip.js'
import type { HostCure } from './filter-cures.js'

/** The subnet that has the address on an interface of the segment, null: none. */
export function subnetOf(host: Host, on: string, ip: Ip): Pick<Held<Ip>, 'device' | 'length'> | null {
  const whole = isIpv4(ip) ? 32 : 128
  const stack = linkStack(valueOr(host.sections.links, []), on)
  const here = valueOr(host.sections.addresses, []).filter((one) => stack.includes(one.interface))
  const held = [...heldAddresses(here), ...heldAddresses6(here)]
  return held.find((one) => one.length < whole && inSubnetOf(ip, one)) ?? null
}

/**
 * The operator says that it should answer, no announcer does, and it does not have the address: on the device of its subnet. A host
 * with a way of its own to the address stands before the machine that has it: it gets a proxy entry, and the address stays there.
 */
export function putThere({ on }: SilentHost, host: Host, { ip }: AnswerTable): readonly HostCure[] {
  const subnet = subnetOf(host, on, ip)
  if (subnet === null) return []
  const [text, { device }] = [formatIp(ip), subnet]
  if (isBehind(host, ip, subnet)) {
    if (isIpv4(ip) || hasEntry(host, text, device)) return []
    const summary = `Let ${device} of ${host.name} answer for ${text}, which is behind it: a proxy entry`
    return [{ node: host.name, summary, changes: [{ kind: 'proxy-add', ip: text, device }] }]
  }
  const address = { ip: text, length: isIpv4(ip) ? 32 : 128 }
  const summary = `Put ${text} on ${device} of ${host.name}, which should answer for it (--expect-mac)`
  return [{ node: host.name, summary, changes: [{ kind: 'address-add', address, device }] }]
}

function hasEntry({ sections: { proxyNeighbours } }: Host, ip: string, device: string): boolean {
  return valueOr(proxyNeighbours, []).some((entry) => entry.ip === ip && entry.interface === device)
}

/** A route for the address alone, or for part of its subnet, that leaves by another interface. */
export function isBehind(
  { sections: { routes } }: Host,
  ip: Ip,
  { device, length }: Pick<Held<Ip>, 'device' | 'length'>,
): boolean {
  return valueOr(routes, []).some(({ type, destination, hops }) => {
    const peer = parseIp(destination.ip)
    if (type !== 'unicast' || peer === null || destination.length <= length) return false
    const elsewhere = hops.some((hop) => hop.device !== null && hop.device !== device)
    return elsewhere && inSubnetOf(ip, { peer, length: destination.length })
  })
}
