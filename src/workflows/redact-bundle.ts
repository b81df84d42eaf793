import ipaddr from 'ipaddr.js'
import type { SourceIdentity } from '../capture/source.js'
import { ASKED_ANNOUNCERS } from '../cluster/agent-state.js'
import type { ClusterSnapshot } from '../cluster/model.js'
import { redactCluster } from '../cluster/redact/cluster.js'
import { VOCABULARY } from '../cluster/vocabulary.js'
import type { Binding } from '../facts/baseline.js'
import { VANTAGE_KINDS } from '../facts/vantages/model.js'
import { ENTRY_KINDS, NEIGHBOUR_FORMATS, PORT_KINDS } from '../neighbours/model.js'
import { hostName, redactHost } from '../node/redact.js'
import { Addresses, type KeptParts } from '../redact/addresses.js'
import {
  type Declared,
  figure,
  interfaceName,
  mapOf,
  nodeName,
  objectKey,
  redacted,
  strictlyOneOf,
  time,
  words,
} from '../redact/declare.js'
import { type Pseudonyms, underPseudonyms } from '../redact/pseudonyms.js'
import { formatIp, type Ip, isIpv4, parseIp } from '../wire/ip.js'
import { rewriteCapture } from '../wire/rewrite-capture.js'
import type { Bundle, BundledVantage } from './bundle.js'
import type { BundledTable } from './bundled-tables.js'
import { leaksOf } from './redaction-leaks.js'

/** The bundle under pseudonyms and what was written for any text, or why it cannot be had. */
export type Redaction =
  | { readonly ok: true; readonly bundle: Bundle; readonly disguise: (text: string) => string }
  | { readonly ok: false; readonly because: string }

/** The last octet stays: pools are ranges in it, and MetalLB's rules speak of .0 and .255. */
const LOW_BITS = { 4: 8, 6: 0 } as const
/** A range over more of an address than this would give too much of the addresses away. */
const MOST_LOW_BITS = 16

const OWN: Declared<Bundle['own']> = {
  macs: words,
  ips: words,
  at: hostName,
  elsewhere: words,
  neighbours: { ip: words, interface: interfaceName, mac: words, states: words, host: hostName },
}

const TABLE: Declared<NonNullable<BundledTable['table']>> = {
  format: strictlyOneOf(...NEIGHBOUR_FORMATS),
  entries: {
    ip: words,
    mac: words,
    kind: strictlyOneOf(...ENTRY_KINDS),
    interface: interfaceName,
    vrf: interfaceName,
    port: interfaceName,
    vlan: figure,
    age: { atLeast: figure, atMost: figure },
    expiresSeconds: figure,
    states: words,
  },
  ports: { mac: words, kind: strictlyOneOf(...PORT_KINDS), vlan: figure, port: interfaceName },
  unread: figure,
  unreadIps: words,
}

const BINDING: Declared<Binding> = {
  service: objectKey,
  ips: words,
  nodes: mapOf(words, nodeName),
  announcers: words,
  until: time,
  unseenFrom: time,
}

/** What becomes of each member of a bundle beside its captures, cluster and hosts, which have declarations of their own. */
const REST: Declared<Omit<Bundle, 'capture' | 'cluster' | 'hosts' | 'vantages'>> = {
  neighbours: { name: hostName, table: TABLE },
  agents: {
    announcer: strictlyOneOf(...ASKED_ANNOUNCERS),
    node: hostName,
    from: words,
    addresses: { ip: words, received: figure, sent: figure },
    tellsIpv6: figure,
    staleConfiguration: figure,
  },
  question: { vips: words, expectedMacs: words, ipv6: words, probed: figure },
  own: OWN,
  history: {
    until: time,
    addresses: {
      ip: words,
      until: time,
      records: { at: time, unseenFrom: time, machines: { mac: words, node: hostName } },
    },
  },
  baseline: { previousAt: time, previous: BINDING, current: BINDING },
  owners: {
    node: hostName,
    mac: words,
    interface: interfaceName,
    via: strictlyOneOf('operator', 'arp-of-node-ip', 'node-audit'),
  },
}

const VANTAGE: Declared<Omit<BundledVantage, 'capture'>> = {
  name: placeName,
  kind: strictlyOneOf(...VANTAGE_KINDS),
  probed: figure,
  own: OWN,
  isMain: figure,
}

/** `node-a`, or `node-a/eth1`. */
function placeName(text: string, to: Pseudonyms): string {
  const [host = '', device] = text.split('/')
  return device === undefined ? hostName(host, to) : `${hostName(host, to)}/${to.interface(device)}`
}

/** One that is not named here does not compile: its captures would be said to be files. */
const LIVE_ENGINES: Record<Exclude<SourceIdentity['engine'], 'file'>, true> = { cap: true, tcpdump: true, socket: true }

const CAPTURE: Declared<Omit<NonNullable<Bundle['capture']>, 'bytes'>> = {
  source: {
    kind: strictlyOneOf('file', 'live', 'stdin', 'ssh', 'pod'),
    name: (name, to) => (name === 'capture' ? name : to.interface(name)),
    engine: strictlyOneOf('file', ...Object.keys(LIVE_ENGINES)),
  },
  conditions: { dropped: figure, clock: strictlyOneOf('userspace', 'kernel'), promiscuityChanged: figure },
}

/** Replaces names, addresses and MACs in all parts of a bundle by the same pseudonyms. Pure: `key` decides them. */
export function redactBundle(bundle: Bundle, key: Uint8Array): Redaction {
  const addresses = addressesFor(bundle.cluster, key)
  if (addresses === null) return refused('a range of addresses is so wide that its order would tell the addresses')
  const { written: texts, names, to } = underPseudonyms(addresses, (to) => rewriteTexts(bundle, to), VOCABULARY)
  if (texts === null)
    return refused('the elections of this many VIPs and nodes are too large for one file; name one VIP')
  const capture = bundle.capture && redactCapture(bundle.capture, addresses, to)
  if (bundle.capture && !capture) return refused('the capture holds frames that cannot be rewritten')
  const vantages = redactVantages(bundle, texts, addresses, to)
  if (vantages === null) return refused('a capture holds frames that cannot be rewritten')
  const redactedBundle: Bundle = { ...texts, capture, ...(bundle.vantages ? { vantages } : {}) }
  const [leak] = leaksOf(bundle, redactedBundle, names)
  if (leak !== undefined) return refused(`${leak} would still be in it`)
  return { ok: true, bundle: redactedBundle, disguise: (text) => to.lookUp(text) }
}

/** Addresses under which every range of a cluster keeps its order; null where that would tell too much of them. */
export function addressesFor(cluster: ClusterSnapshot | null, key: Uint8Array): Addresses | null {
  const lowBits = lowBitsOf(JSON.stringify(cluster))
  return lowBits && new Addresses(key, { lowBits })
}

/** The captures of the places, behind the texts that are written already; null where one cannot be rewritten. */
function redactVantages(
  { vantages = [] }: Bundle,
  texts: Pick<Bundle, 'vantages'>,
  addresses: Addresses,
  to: Pseudonyms,
): readonly BundledVantage[] | null {
  const written = (texts.vantages ?? []).map((one, at) => {
    const capture = vantages[at]?.capture ?? null
    return { ...one, capture: capture && redactCapture(capture, addresses, to) }
  })
  return written.some(({ capture }, at) => !capture && vantages[at]?.capture) ? null : written
}

function rewriteTexts(bundle: Bundle, to: Pseudonyms): Omit<Bundle, 'capture'> | null {
  const { capture, cluster, hosts, vantages, ...rest } = bundle
  const written = cluster && redactCluster(cluster, to)
  if (capture) redacted(withoutBytes(capture), CAPTURE, to)
  if (cluster && !written) return null
  const places = vantages?.map(({ capture: kept, ...one }) => {
    if (kept) redacted(withoutBytes(kept), CAPTURE, to)
    return { ...redacted(one, VANTAGE, to), capture: null }
  })
  return {
    ...redacted(rest, REST, to),
    cluster: written,
    hosts: hosts.map((host) => redactHost(host, to)),
    ...(places && { vantages: places }),
  }
}

function withoutBytes({ bytes: _, ...rest }: NonNullable<Bundle['capture']>) {
  // of a file the name says where it lay; that of a live source is its interface
  return rest.source.kind === 'live' ? rest : { ...rest, source: { ...rest.source, name: 'capture' } }
}

function refused(because: string): Redaction {
  return { ok: false, because }
}

/** Low bits that must stay for every `from-to` of a text to keep its order; null when they are too many. */
function lowBitsOf(text: string): KeptParts['lowBits'] | null {
  const most: { 4: number; 6: number } = { ...LOW_BITS }
  for (const [, from = '', to = ''] of text.matchAll(RANGE)) {
    if (!isAddress(from) || !isAddress(to)) continue
    const [low, high] = [ipaddr.parse(from).toByteArray(), ipaddr.parse(to).toByteArray()]
    const family = low.length === 4 ? 4 : 6
    most[family] = Math.max(most[family], differingBits(low, high))
  }
  return Math.max(most[4], most[6]) > MOST_LOW_BITS ? null : most
}

/** `2026` alone is an address to ipaddr. */
function isAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text)
}

const RANGE = /(?<![\w.:])([0-9a-f.:]+) ?- ?([0-9a-f.:]+)(?![\w.:])/gi

/** From the first bit that differs to the last one. */
function differingBits(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((byte, index) => byte !== other[index])
  return at < 0 ? 0 : 8 * (one.length - at - 1) + 32 - Math.clz32(one[at]! ^ (other[at] ?? 0))
}

function redactCapture(
  capture: NonNullable<Bundle['capture']>,
  addresses: Addresses,
  to: Pseudonyms,
): Bundle['capture'] {
  const seen = new Map<Ip, Ip>()
  const ip = <T extends Ip>(address: T): T => {
    const known = seen.get(address) ?? parseIp(addresses.ip(formatIp(address))) ?? (isIpv4(address) ? 0 : 0n)
    seen.set(address, known)
    return known as T
  }
  const bytes = rewriteCapture(capture.bytes, { mac: (mac) => addresses.mac(mac), ip })
  return bytes && { ...redacted(withoutBytes(capture), CAPTURE, to), bytes }
}
