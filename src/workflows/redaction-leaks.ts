import type { Names } from '../redact/names.js'
import { namesAtStartOf } from '../redact/pseudonyms.js'
import type { Bundle } from './bundle.js'

const ADDRESSES = [/(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/g, /\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b/gi]
/** Addresses that mean the same everywhere. */
const EVERYBODYS =
  /^(?:0\.0\.0\.0|127\.|2(?:2[4-9]|3\d)\.|255\.255\.255\.255|00:00:5e:|(?:00|ff|ee)(?::(?:00|ff|ee)){5}$|.[13579bdf]:)/i

/** Names and addresses of a bundle that its redacted form still holds, each once; captures are rewritten field by field. */
export function leaksOf(original: Bundle, redacted: Bundle, names: Names): string[] {
  const { cluster, hosts, ...rest } = redacted
  const inCluster = [...textsOf(cluster), ...textsOf(withoutCaptures(rest))]
  const inHosts = textsOf(hosts)
  const before = new Set(addressesIn(textsOf(withoutCaptures(original))))
  return [
    ...namesIn(inCluster, names.list('node', 'namespace', 'name').keys()),
    ...namesIn(inHosts, names.list('node').keys()),
    ...new Set(addressesIn([...inCluster, ...inHosts]).filter((address) => before.has(address))),
  ]
}

/** The same of any value; the names of its members are ours. */
export function leaksIn(original: unknown, redacted: unknown, names: Names): string[] {
  const before = new Set(addressesIn(valuesOf(original)))
  const texts = valuesOf(redacted)
  return [
    ...namesIn(texts, names.list('node', 'namespace', 'name').keys()),
    ...new Set(addressesIn(texts).filter((address) => before.has(address))),
  ]
}

/** Their bytes are many, and no text; a kind of place is one of our own words, and a host may have it for a name. */
function withoutCaptures({ vantages = [], ...rest }: Partial<Bundle>) {
  return { ...rest, capture: null, vantages: vantages.map((one) => ({ ...one, kind: '', capture: null })) }
}

function namesIn(texts: readonly string[], names: Iterable<string>): string[] {
  const words = new Set(texts.flatMap((text) => text.match(/[\w.-]+/g) ?? []).flatMap(namesAtStartOf))
  const isPhrase = (name: string) => /[^\w.-]/.test(name)
  return [...names].filter((name) => words.has(name) || (isPhrase(name) && texts.some((text) => text.includes(name))))
}

function addressesIn(texts: readonly string[]): string[] {
  const found = texts.flatMap((text) => ADDRESSES.flatMap((pattern) => text.match(pattern) ?? []))
  return found.filter((address) => !EVERYBODYS.test(address))
}

/** Every text in a value, keys included. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, one]) => [key, ...textsOf(one)])
}

/** Its texts without the names of its members. */
function valuesOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(valuesOf) : []
}
