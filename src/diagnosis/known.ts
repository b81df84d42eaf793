import { inSubnetOf } from '../answering/addresses.js'
import { likelyAsker } from '../answering/likely-asker.js'
import type { Announcement } from '../answering/model.js'
import { announcementsOf } from '../facts/announcements.js'
import { type Reached, reachedInterfaces, type Segment } from '../facts/answers/reached.js'
import { segmentOf } from '../facts/answers/table.js'
import type { FactName, Facts, FactTable } from '../facts/facts.js'
import { nodeNamer } from '../facts/host-nodes.js'
import { valueOr } from '../known.js'
import type { Host } from '../node/model.js'
import { presumedHolder } from '../rules/answers/unwanted.js'
import { formatIp, type Ip, isIpv4, parseIp } from '../wire/ip.js'
import type { Mac } from '../wire/mac.js'
import type { Asking } from './answers.js'

/** Who should answer for an address: hosts by name, and the MACs where the operator named some. */
export interface Rightful {
  readonly hosts: ReadonlySet<string>
  readonly macs: ReadonlySet<Mac>
}

/** What a trial needs to know beside the hosts. */
export interface TrialFacts {
  readonly hosts: ReadonlyMap<string, Host>
  /** The VIPs asked for. */
  readonly vips: readonly Ip[]
  /** Other VIPs of the cluster. */
  readonly others: readonly Ip[]
  readonly asking: Asking
  /** The interfaces by which requests for the address reach a host. */
  reached(host: Host, ip: Ip): readonly Reached[]
  /** Null: nobody says. */
  rightful(ip: Ip): Rightful | null
  /** Hosts that were seen to answer on the wire, by name. */
  seen(ip: Ip): ReadonlySet<string>
  /** A machine that none of the hosts is was seen to answer. */
  strangers(ip: Ip): boolean
  /** InternalIPs of the node. */
  nodeAddresses(host: Host): readonly Ip[]
}

/** Other VIPs beyond these do not decide over a fix; a prediction of each costs time. */
const MOST_OTHERS = 100

export function trialFacts(table: FactTable): TrialFacts {
  const all = inHand(table, 'hosts') ?? []
  const hosts = all.filter(({ reached }) => reached)
  const question = inHand(table, 'question')
  const vips = question?.vips ?? []
  const nodes = valueOr(inHand(table, 'cluster')?.nodes ?? NONE, [])
  const nameOf = nodeNamer(nodes)
  const toHost = new Map(hosts.map((host) => [nameOf(host), host.name]))
  const known = [...(inHand(table, 'expected')?.keys() ?? [])].flatMap((text) => parseIp(text) ?? [])
  return {
    hosts: new Map(hosts.map((host) => [host.name, host])),
    vips,
    others: known.filter((ip) => !vips.includes(ip)).slice(0, MOST_OTHERS),
    asking: {
      askerFor: askersOf(question?.own.ips ?? [], hosts, vips),
      announcements: announcementsIn(table, hosts),
    },
    rightful: rightfulOr(
      rightfulBy(table, (node) => toHost.get(node) ?? node),
      presumedBy(table, hosts),
    ),
    ...seenOnWire(table),
    reached: reachedBy(table, vips),
    nodeAddresses: (host) =>
      (nodes.find(({ name }) => name === nameOf(host))?.internalIPs ?? []).flatMap((text) => parseIp(text) ?? []),
  }
}

const NONE = { known: false, gap: { subject: '', reason: '', hint: '' } } as const

function inHand<N extends FactName>(table: FactTable, name: N): Facts[N] | null {
  const fact = table[name]
  return fact?.known ? fact.value : null
}

/** For each family a client of the first VIP's own subnet: our own address there, if we have one. */
function askersOf(own: readonly Ip[], hosts: readonly Host[], vips: readonly Ip[]): Asking['askerFor'] {
  const [four, six] = [true, false].map((family) => {
    const first = vips.find((ip) => isIpv4(ip) === family)
    const text = first === undefined ? null : likelyAsker(hosts, first)
    const likely = text === null ? null : parseIp(text)
    return own.find((ip) => likely !== null && inOneNetwork(ip, likely)) ?? likely
  })
  return (target) => (isIpv4(target) ? four : six) ?? null
}

function inOneNetwork(ip: Ip, other: Ip): boolean {
  return inSubnetOf(ip, { peer: other, length: isIpv4(other) ? 24 : 64 })
}

function announcementsIn(table: FactTable, hosts: readonly Host[]): readonly Announcement[] {
  const [cluster, announcers] = [inHand(table, 'cluster'), inHand(table, 'announcers')]
  return cluster && announcers ? announcementsOf(cluster, announcers, hosts).announcements : []
}

/** The operator's word first; then the announcer's, where its sources name one node. */
function rightfulBy(table: FactTable, hostOf: (node: string) => string): TrialFacts['rightful'] {
  const [question, expected] = [inHand(table, 'question'), inHand(table, 'expected')]
  const [attribution] = [inHand(table, 'attribution')]
  const macs = question?.expectedMacs ?? []
  if (macs.length > 0) {
    const owners = macs.flatMap((mac) => attribution?.ownersOf(mac) ?? []).map(({ node }) => hostOf(node))
    return (ip) => (question?.vips.includes(ip) ? { hosts: new Set(owners), macs: new Set(macs) } : null)
  }
  return (ip) => {
    const nodes = expected?.get(formatIp(ip))?.nodes ?? []
    const one = nodes.length === 1 || nodes[0]?.from === 'lease' ? nodes[0] : undefined
    return one ? { hosts: new Set([hostOf(one.node)]), macs: new Set() } : null
  }
}

/** By what the capture shows of the address; of an address that it does not show, of the first one asked for. */
function reachedBy(table: FactTable, [first]: readonly Ip[]): TrialFacts['reached'] {
  const answers = inHand(table, 'answers') ?? []
  const segments = new Map(answers.map((one) => [one.ip, segmentOf(one)]))
  const fallback = first === undefined ? undefined : segments.get(first)
  const none: Segment = { macs: new Set(), ips: [], vlans: [] }
  return (host, ip) => {
    const own = segments.get(ip) ?? { ...(fallback ?? none), ips: [ip] }
    return reachedInterfaces(host, own)
  }
}

/** Where nobody says who should answer: the one host that holds the address best, real servers and proxies left out. */
function presumedBy(table: FactTable, hosts: readonly Host[]): TrialFacts['rightful'] {
  const answers = inHand(table, 'answers') ?? []
  return (ip) => {
    const holders = answers.filter((one) => one.ip === ip).map((one) => presumedHolder(one, hosts))
    const [only] = new Set(holders)
    return holders.length > 0 && only && holders.every((one) => one === only)
      ? { hosts: new Set([only]), macs: new Set() }
      : null
  }
}

function rightfulOr(said: TrialFacts['rightful'], presumed: TrialFacts['rightful']): TrialFacts['rightful'] {
  return (ip) => said(ip) ?? presumed(ip)
}

function seenOnWire(table: FactTable): Pick<TrialFacts, 'seen' | 'strangers'> {
  const [wire, attribution] = [inHand(table, 'wire'), inHand(table, 'attribution')]
  const macsFor = (ip: Ip) =>
    (wire?.addresses ?? [])
      .filter((address) => address.ip === ip)
      .flatMap(({ claims }) => claims.filter(({ replies }) => replies > 0).map(({ mac }) => mac))
  const ownersOf = (mac: Mac) => attribution?.ownersOf(mac) ?? []
  return {
    seen: (ip) => new Set(macsFor(ip).flatMap((mac) => ownersOf(mac).map(({ node }) => node))),
    strangers: (ip) => macsFor(ip).some((mac) => ownersOf(mac).length === 0),
  }
}
