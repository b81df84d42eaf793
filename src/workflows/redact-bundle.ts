import ipaddr from 'ipaddr.js'
import { type Disguise, redactCluster } from '../cluster/redact/cluster.js'
import { pseudonymsOf } from '../cluster/redact/names.js'
import { type HostRecord, hostNames } from '../node/host.js'
import { type KeptParts, Redactor } from '../node/redact.js'
import { formatIpv4, parseIpv4 } from '../wire/ipv4.js'
import { rewriteCapture } from '../wire/rewrite-capture.js'
import type { Bundle } from './bundle.js'
import { leaksOf } from './redaction-leaks.js'

/** The bundle under pseudonyms and what was written for any text, or why it cannot be had. */
export type Redaction =
  | { readonly ok: true; readonly bundle: Bundle; readonly disguise: Disguise }
  | { readonly ok: false; readonly because: string }

/** The last octet stays: pools are ranges in it, and MetalLB's rules speak of .0 and .255. */
const LOW_BITS = { 4: 8, 6: 0 } as const
/** A range over more of an address than this would give too much of the addresses away. */
const MOST_LOW_BITS = 16

/** Replaces names, addresses and MACs in all parts of a bundle by the same pseudonyms. Pure: `key` decides them. */
export function redactBundle(bundle: Bundle, key: Uint8Array): Redaction {
  const lowBits = lowBitsOf(JSON.stringify(bundle.cluster))
  if (lowBits === null) return refused('a range of addresses is so wide that its order would tell the addresses')
  const { all, nodes } = pseudonymsOf(bundle.cluster, [
    ...bundle.hosts.flatMap(hostNames),
    ...bundle.owners.map(({ node }) => node),
  ])
  const [redactor, ofHosts] = [new Redactor(all, key, { lowBits }), new Redactor(nodes, key, { lowBits })]
  const text = (one: string) => redactor.text(one)
  const cluster = bundle.cluster && redactCluster(bundle.cluster, text)
  if (bundle.cluster && !cluster) return refused('the elections of so many VIPs and nodes do not fit; name one VIP')
  const capture = bundle.capture && redactCapture(bundle.capture, redactor)
  if (bundle.capture && !capture) return refused('the capture holds frames that cannot be rewritten')
  const { question, own, owners } = bundle
  const redacted: Bundle = {
    question: { ...question, vips: question.vips.map(text), expectedMacs: question.expectedMacs.map(text) },
    own: { macs: own.macs.map(text), ips: own.ips.map(text) },
    capture,
    cluster,
    hosts: bundle.hosts.map((host) => ofHosts.record(withoutComments(host))),
    owners: owners.map((owner) => ({ ...owner, node: text(owner.node), mac: text(owner.mac) })),
  }
  const [leak] = leaksOf(bundle, redacted, { all, nodes })
  return leak === undefined ? { ok: true, bundle: redacted, disguise: text } : refused(`${leak} would still be in it`)
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

function redactCapture(capture: NonNullable<Bundle['capture']>, redactor: Redactor): Bundle['capture'] {
  const seen = new Map<number, number>()
  const ip = (address: number) => {
    const known = seen.get(address) ?? parseIpv4(redactor.ip(formatIpv4(address))) ?? 0
    seen.set(address, known)
    return known
  }
  const bytes = rewriteCapture(capture.bytes, { mac: (mac) => redactor.mac(mac), ip })
  const { source } = capture
  // the name of a live source is its interface
  return bytes && { ...capture, bytes, source: source.kind === 'live' ? source : { ...source, name: 'capture' } }
}

/** Text that people wrote about their network, which nothing is read out of. */
function withoutComments(host: HostRecord): HostRecord {
  const clean = (text: string) =>
    text.replace(/"ifalias":"(?:[^"\\]|\\.)*"/g, '"ifalias":""').replace(/comment "[^"]*"/g, 'comment ""')
  const probes = Object.entries(host.probes).map(([name, probe]) => [name, { ...probe, stdout: clean(probe.stdout) }])
  return { ...host, probes: Object.fromEntries(probes) }
}
