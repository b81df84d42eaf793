import { valueOr } from '../../known.js'
import type { Host, Role } from '../../node/model.js'
import { formatIpv4, type Ipv4, parseIpv4 } from '../../wire/ipv4.js'
import { inSubnetOf } from '../addresses.js'
import { applyAll } from '../change/apply.js'
import { viewOf } from '../host-view.js'
import type { Reason } from '../model.js'
import { predict } from '../predict.js'
import { askerFor, type Faced, facedInterfaces } from './subnets.js'

/** Addresses about which a host would keep silent where they are asked for. */
export interface Mute {
  readonly on: string
  readonly ips: readonly string[]
  /** A client that gets no answer for the first of them. */
  readonly asker: string
  /** False: it does not hold them, and would be silent if it did. */
  readonly held: boolean
  /** The check that stops the request, or the reply. */
  readonly deciding: Reason
  readonly because: readonly Reason[]
  readonly assumed: readonly string[]
}

/** A device that is down, or a port that passes nothing, is a fault of the link: no request gets as far as a setting. */
const OF_THE_LINK = new Set(['device up', 'NOARP', 'VLAN', 'bridge port', 'bond member'])
const MOST_NAMED = 64

export function isOfTheLink({ check }: Reason): boolean {
  return OF_THE_LINK.has(check)
}

/** Own addresses that no interface of the host answers for, and addresses that its packet filter would not let it answer for. */
export function mutesOf(host: Host, vips: readonly Ipv4[]): readonly Mute[] {
  const faced = facedInterfaces(host)
  const own = faced.flatMap((one) =>
    one.held
      .filter(({ scope, ip }) => scope === 'global' && !isAnsweredElsewhere(host, ip, one, faced))
      .flatMap((held) => mute(host, held.ip, one, true)),
  )
  const filtered = faced.flatMap((one) => hypothetical(host, vips, one))
  return together([...own, ...filtered])
}

function isAnsweredElsewhere(host: Host, ip: Ipv4, here: Faced, all: readonly Faced[]): boolean {
  return all.some((one) => one !== here && one.held.some((held) => inSubnetOf(ip, held)) && answers(host, ip, one))
}

function answers(host: Host, target: Ipv4, { on, asker }: Faced): boolean {
  return predict(host, { target, asker, to: null, on }).answers === 'yes'
}

function mute(host: Host, target: Ipv4, faced: Faced, held: boolean): Mute[] {
  const own = viewOf(host).holders.get(target)?.[0]
  const asker = own ? askerFor(own, faced) : faced.asker
  const { answers, because, assumed } = predict(host, { target, asker, to: null, on: faced.on })
  const deciding = because.findLast(({ outcome }) => outcome === 'stops')
  if (answers !== 'no' || !deciding || isOfTheLink(deciding)) return []
  return [{ on: faced.on, ips: [formatIpv4(target)], asker: formatIpv4(asker), held, deciding, because, assumed }]
}

/** With the address put on the interface, also where it stands on a device aside: does the packet filter let it answer? */
function hypothetical(host: Host, vips: readonly Ipv4[], faced: Faced): Mute[] {
  const { holders, links } = viewOf(host)
  const isHeldHere = (ip: Ipv4) =>
    holders.get(ip)?.some(({ device }) => faced.stack.has(device) || isAside(links.get(device)?.role)) === true
  const named = new Set([...vips, ...namedInFilters(host)])
  const inSubnet = (ip: Ipv4) => faced.held.some((held) => held.length < 31 && inSubnetOf(ip, held))
  const ips = [...named].filter((ip) => !isHeldHere(ip) && inSubnet(ip)).slice(0, MOST_NAMED)
  if (ips.length === 0) return []
  const { device } = faced.held[0]!
  const added = ips.map((ip) => ({ kind: 'address-add', address: { ip: formatIpv4(ip), length: 32 }, device }) as const)
  const holding = applyAll(host, added)
  return ips.flatMap((ip) =>
    mute(holding, ip, faced, false).filter(({ deciding }) => deciding.check === 'packet filter'),
  )
}

/** A real server holds the address there, and a filter keeps it silent by design. */
function isAside(role: Role | undefined): boolean {
  return role === 'loopback' || role === 'dummy'
}

function namedInFilters({ sections: { filterChains } }: Host): Ipv4[] {
  const chains = valueOr(filterChains, { chains: [], unread: null }).chains
  const words = chains.flatMap(({ rules }) => rules.flatMap((rule) => rule.match(/(?<![\d.])\d+(?:\.\d+){3}/g) ?? []))
  return [...new Set(words)].map(parseIpv4).filter((ip) => ip !== null)
}

/** One for each interface and check. */
export function together(all: readonly Mute[]): Mute[] {
  const kept = new Map<string, Mute>()
  for (const one of all) {
    const key = `${one.on} ${one.held} ${one.deciding.check} ${one.deciding.setting}`
    const before = kept.get(key)
    kept.set(key, before ? { ...before, ips: [...new Set([...before.ips, ...one.ips])] } : one)
  }
  return [...kept.values()]
}
