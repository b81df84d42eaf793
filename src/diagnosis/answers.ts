import { predictOn } from '../answering/combined.js'
import { isCrowded, wireInterfaces } from '../answering/interfaces.js'
import type { Announcement } from '../answering/model.js'
import type { Reached } from '../facts/answers/reached.js'
import { addressesByIp, linksByName } from '../node/lookups.js'
import type { Host } from '../node/model.js'
import { formatIp, type Ip } from '../wire/ip.js'
import type { Mac } from '../wire/mac.js'

/** What one host makes of a request for an address. */
export interface HostAnswer {
  readonly answers: 'yes' | 'no' | 'unknown'
  readonly macs: readonly Mac[]
  /** It holds the address or announces it; false: it stands in for another (a proxy), or holds it aside. */
  readonly owns: boolean
  /** It holds the address on kube-ipvs0 only, as every node does: an answer from there is nobody's wish. */
  readonly aside: boolean
}

/** What is asked of every host alike. */
export interface Asking {
  /** A client of the segment; null: none is known, and a probe stands for it. */
  askerFor(target: Ip): Ip | null
  readonly announcements: readonly Announcement[]
}

/** A broadcast request for the address, on the interfaces given; by default on every one of the host that meets the wire. */
export function answerOf(
  host: Host,
  target: Ip,
  { askerFor, announcements }: Asking,
  on: readonly (string | Reached)[] = wireInterfaces(host),
): HostAnswer {
  if (isCrowded(host)) return UNKNOWN
  if (on.length === 0 && host.sections.links.known) return { answers: 'no', macs: [], owns: false, aside: false }
  const asker = askerFor(target)
  const question = { target, asker: asker === target ? null : asker, to: null }
  const { answers, replies, possible } = predictOn(host, question, on.length > 0 ? on : ['any'], announcements)
  const all = [...replies, ...possible]
  const announced = all.some(({ path }) => path === 'announcer')
  const aside = !announced && onIpvsOnly(host, target)
  return {
    answers,
    macs: [...new Set(all.flatMap(({ mac }) => mac ?? []))].sort((a, b) => a - b),
    owns: announced || (!aside && all.some(({ path }) => path === 'local')),
    aside,
  }
}

/** Whether the host surely answers for an address of its own: the interfaces that hold it are asked first, the others until one does. */
export function surelyAnswers(host: Host, target: Ip, { askerFor, announcements }: Asking): boolean {
  if (isCrowded(host)) return false
  const { addresses } = host.sections
  const holding = addresses.known ? addressesByIp(addresses.value, formatIp(target)).map((held) => held.interface) : []
  const on = wireInterfaces(host)
  const first = on.filter((name) => holding.includes(name))
  const asker = askerFor(target)
  const question = { target, asker: asker === target ? null : asker, to: null }
  return [...first, ...on].some((name) => predictOn(host, question, [name], announcements).answers === 'yes')
}

const UNKNOWN: HostAnswer = { answers: 'unknown', macs: [], owns: false, aside: false }

function onIpvsOnly({ sections: { addresses, links } }: Host, ip: Ip): boolean {
  if (!addresses.known || !links.known) return false
  const held = addressesByIp(addresses.value, formatIp(ip))
  return (
    held.length > 0 && held.every((one) => linksByName(links.value, one.interface).some(({ role }) => role === 'ipvs'))
  )
}
