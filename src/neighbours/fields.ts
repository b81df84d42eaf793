import { type Ip, parseIp, splitZone } from '../wire/ip.js'
import { isGroupMac, type Mac, ZERO_MAC } from '../wire/mac.js'
import type { Age, NeighbourEntry, PortEntry, Row } from './model.js'

/** `02:00:00:00:00:02`, `2:0:0:0:0:2`, `02-00-…`, `0200.0000.0002`, `0200-0000-0002`; null for another text, and for a MAC of zeros. */
export function anyMac(text: string): Mac | null {
  const octets = /^(?:[0-9a-f]{1,2}[:-]){5}[0-9a-f]{1,2}$/i.test(text)
    ? text.split(/[:-]/).map((octet) => octet.padStart(2, '0'))
    : /^(?:[0-9a-f]{4}[.-]){2}[0-9a-f]{4}$/i.test(text)
      ? text.split(/[.-]/)
      : []
  const mac = octets.length === 0 ? ZERO_MAC : Number.parseInt(octets.join(''), 16)
  return mac === ZERO_MAC ? null : mac
}

/**
 * What stands in the column of a MAC: null where the device has none (`Incomplete`, `(incomplete)`, `none`, zeros), undefined where it is
 * no such column: rows of routes and of routing neighbours begin with an address too.
 */
export function macColumn(text: string): Mac | null | undefined {
  return anyMac(text) ?? (/^[(<]?(?:incomplete|incmp|none|-|[0.:-]{12,17})[)>]?$/i.test(text) ? null : undefined)
}

/** The words of a row before and behind its MAC; null where none is in it. */
export function aroundMac(line: string): { before: readonly string[]; mac: Mac; after: readonly string[] } | null {
  const words = line.split(/\s+/)
  const at = words.findIndex((word) => anyMac(word) !== null)
  const mac = anyMac(words[at] ?? '')
  return mac === null ? null : { before: words.slice(0, at), mac, after: words.slice(at + 1) }
}

/** An address of either family, a zone behind it left out. */
export function anyIp(text: string): Ip | null {
  return parseIp(splitZone(text)[0])
}

/** `0:12:32`, `0.101256`, `1d02h`, `16w3d`, `23h59m58s`, `9 days, 15:57:28` in seconds; null for another text. */
export function secondsIn(text: string): number | null {
  if (/^\d{1,7}\.\d+$/.test(text)) return Math.floor(Number(text))
  const clock = /^(?:(\d{1,5}) days?, )?(\d{1,5}):(\d\d):(\d\d)(?:\.\d+)?$/.exec(text)
  if (clock) {
    const [, days = '0', hours, minutes, seconds] = clock
    return Number(days) * 86_400 + Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
  }
  const units =
    /^(?=\d)(?:(\d{1,5})y)?(?:(\d{1,5})w)?(?:(\d{1,5})d)?(?:(\d{1,5})h)?(?:(\d{1,5})m)?(?:(\d{1,5})s)?$/.exec(text)
  if (!units) return null
  const sizes = [31_536_000, 604_800, 86_400, 3600, 60, 1]
  return sizes.reduce((sum, size, at) => sum + size * Number(units[at + 1] ?? 0), 0)
}

/** So many minutes, or more by less than one. */
export function minutes(text: string): Age | null {
  const count = /^\d{1,7}$/.test(text) ? Number(text) : null
  return count === null ? null : { atLeast: count * 60, atMost: count * 60 + 59 }
}

export function exactly(seconds: number | null): Age | null {
  return seconds === null ? null : { atLeast: seconds, atMost: seconds }
}

/** `Vlan10`, `Vl10`, `vlan.10`, `irb.10`, `eth0.10`, `bond0.10@bond0`: the VLAN that an interface's name holds; null for another one. */
export function vlanOf(name: string | null): number | null {
  const [, digits] = /(?:^vl(?:an)?|\.)\.?(\d{1,4})(?:@.*)?$/i.exec(name ?? '') ?? []
  return digits === undefined ? null : vlanId(digits)
}

export function vlanId(text: string): number | null {
  return /^\d{1,4}$/.test(text) && Number(text) > 0 && Number(text) < 4095 ? Number(text) : null
}

/** What of a table leads nowhere: a disabled entry, one of a proxy, a group. */
export const LEADS_NOWHERE: Row = { is: 'nothing' }

/** An entry of which a table tells so much; null where no address or no column of a MAC is in it. */
export function entry(
  given: Partial<Omit<NeighbourEntry, 'ip' | 'mac'>> & {
    readonly ip: Ip | null
    readonly mac: Mac | null | undefined
  },
): Row | null {
  const { ip, mac, ...rest } = given
  if (ip === null || mac === undefined) return null
  return {
    is: 'entry',
    kind: mac === null ? 'incomplete' : 'dynamic',
    interface: null,
    vrf: null,
    port: null,
    vlan: vlanOf(rest.interface ?? null),
    age: null,
    expiresSeconds: null,
    states: [],
    ...rest,
    ip,
    mac,
  }
}

export function portEntry(
  mac: Mac | null,
  vlan: string,
  port: string | undefined,
  kind: PortEntry['kind'],
): Row | null {
  if (mac !== null && isGroupMac(mac)) return LEADS_NOWHERE
  return mac === null || port === undefined || port === '' ? null : { is: 'port', mac, vlan: vlanId(vlan), port, kind }
}

/** A routing table's name; null for the one that is meant where none is named. */
export function vrfName(text: string | undefined): string | null {
  return text === undefined || /^(?:default|main|all|global)$/i.test(text) ? null : text
}

/** A list of objects that all have these members, as a program prints it. */
export function isListWith<Name extends string>(
  value: unknown,
  ...names: readonly Name[]
): value is readonly Readonly<Record<Name, unknown>>[] {
  const has = (one: unknown) => typeof one === 'object' && one !== null && names.every((name) => name in one)
  return Array.isArray(value) && value.length > 0 && value.every(has)
}

/** Null for what is no time of a table. */
export function wholeSeconds(value: number | string): number | null {
  const seconds = Math.floor(Number(value))
  return seconds >= 0 && seconds < 1e9 ? seconds : null
}
