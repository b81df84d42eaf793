import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { formatMac, isLocalMac, type Mac, macPrefix } from '../wire/mac.js'

/** Prefixes whose user says more than their registrant, and local ones that nobody registers: [prefix, its bits, name]. */
const WELL_KNOWN: readonly (readonly [prefix: number, bits: number, name: string])[] = [
  [0xeeee_eeee_eeee, 48, 'Calico'], // host end of its veths: docs.tigera.io/calico/latest/reference/faq
  [0x525400, 24, 'QEMU/KVM'],
  [0xbc2411, 24, 'Proxmox'],
  [0xfa163e, 24, 'OpenStack'],
  [0x005056, 24, 'VMware'],
  [0x000c29, 24, 'VMware'],
  [0x00155d, 24, 'Hyper-V'],
  [0x00163e, 24, 'Xen'],
  [0x080027, 24, 'VirtualBox'],
  [0x0a58, 16, 'OVN/CNI'], // followed by the IPv4 address
  [0x0242, 16, 'Docker'], // the same
]

/** Bit lengths of IEEE blocks (MA-S, MA-M, MA-L), the most specific first. */
const REGISTERED_BITS = [36, 28, 24] as const

/** Registrants that name nobody. */
const NOBODY = new Set(['', 'Private', 'IEEE Registration Authority'])

/** Whoever made the interface, in short; null for a locally administered MAC that nobody is known for. */
export type VendorNames = (mac: Mac) => string | null

/** Reads the registry (5.6 MB) when the first MAC needs it. */
export function vendorNames(readRegistry: () => Buffer = readOuiData): VendorNames {
  const names = new Map<number, string | null>()
  let registry: Registry | undefined
  return (mac) => {
    const wellKnown = WELL_KNOWN.find(([prefix, bits]) => macPrefix(mac, bits) === prefix)
    if (wellKnown) return wellKnown[2]
    if (isLocalMac(mac)) return null
    const block = macPrefix(mac, REGISTERED_BITS[0])
    if (!names.has(block)) {
      registry ??= openRegistry(readRegistry())
      names.set(block, registrant(registry, mac))
    }
    return names.get(block) ?? null
  }
}

function readOuiData(): Buffer {
  return readFileSync(createRequire(import.meta.url).resolve('oui-data'))
}

/** The entry of a block, by its digits; null when there is none. */
type Registry = (key: string) => string | null

/** A search of the text takes a millisecond, parsing it a hundred: the usual few MACs never pay for all. */
const SEARCHES = 64

function openRegistry(text: Buffer): Registry {
  let searches = 0
  let parsed: Readonly<Record<string, string>> | null = null
  return (key) => {
    searches += 1
    if (searches <= SEARCHES) return lookUp(text, key)
    parsed ??= JSON.parse(text.toString('utf8')) as Record<string, string>
    return Object.hasOwn(parsed, key) ? parsed[key]! : null
  }
}

function registrant(registry: Registry, mac: Mac): string | null {
  const hex = formatMac(mac).replaceAll(':', '').toUpperCase()
  for (const bits of REGISTERED_BITS) {
    const entry = registry(hex.slice(0, bits / 4))
    const name = entry === null ? '' : shorten(entry)
    if (!NOBODY.has(name)) return name
  }
  return null
}

/** The value of one key of a flat JSON object of strings. */
function lookUp(registry: Buffer, key: string): string | null {
  const at = registry.indexOf(`"${key}":`)
  if (at < 0) return null
  const value = /^[^:]*:\s*("(?:[^"\\]|\\.)*")/.exec(registry.toString('utf8', at, at + 1024))
  return value?.[1] === undefined ? null : (JSON.parse(value[1]) as string)
}

const LEGAL_FORM =
  /[\s,]+(?:inc|incorporated|corp|corporation|corporate|co|company|ltd|limited|llc|gmbh|ag|kg|spa|s\.?r\.?l|b\.?v|plc|pte|pty|pvt)\.?$/i

/** `Super Micro Computer, Inc.` and its postal address → `Super Micro Computer`. */
function shorten(entry: string): string {
  let name = (entry.split('\n')[0] ?? '').trim()
  for (let rest = name.replace(LEGAL_FORM, ''); rest !== name; rest = name.replace(LEGAL_FORM, '')) name = rest
  return name
}
