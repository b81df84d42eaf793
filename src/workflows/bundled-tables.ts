import type { Attribution } from '../facts/attribution.js'
import type { Question } from '../facts/question.js'
import { known } from '../known.js'
import type { NeighbourEntry, NeighbourTable, PortEntry } from '../neighbours/model.js'
import { unknownFormat } from '../neighbours/read-table.js'
import { formatIp, parseIp } from '../wire/ip.js'
import { formatMac, parseMac } from '../wire/mac.js'
import type { GivenTable } from './scan-request.js'
import type { Seen } from './see.js'

/** The table of a router or switch in a bundle, as far as it bears on the addresses. */
export interface BundledTable {
  readonly name: string
  /** Null: its format is not known. */
  readonly table: {
    readonly format: NeighbourTable['format']
    readonly entries: readonly (Omit<NeighbourEntry, 'ip' | 'mac'> & {
      readonly ip: string
      readonly mac: string | null
    })[]
    readonly ports: readonly (Omit<PortEntry, 'mac'> & { readonly mac: string })[]
    readonly unread: number
    readonly unreadIps: readonly string[]
  } | null
}

/** Entries of the addresses in question, and the ports of machines that have to do with them: a core switch has thousands of others. */
export function bundledTables(
  given: readonly GivenTable[],
  { vips }: Pick<Question, 'vips'>,
  { wire }: Pick<Seen, 'wire'>,
  attribution: Attribution,
): BundledTable[] {
  const addresses = wire.known ? wire.value.addresses : []
  const ips = new Set([...vips, ...addresses.map(({ ip }) => ip)])
  const tables = given.map(({ name, table }) => ({ name, table: table.known ? table.value : null }))
  const kept = tables.map(({ table }) => table?.entries.filter(({ ip }) => ips.has(ip)) ?? [])
  const machines = new Set([
    ...addresses.flatMap(({ claims }) => claims.map(({ mac }) => mac)),
    ...kept.flat().map(({ mac }) => mac),
    ...attribution.nodes.flatMap((node) => attribution.macsOf(node)),
  ])
  return tables.map(({ name, table }, at) => ({
    name,
    table: table && {
      format: table.format,
      entries: kept[at]!.map(({ ip, mac, ...rest }) => ({
        ...rest,
        ip: formatIp(ip),
        mac: mac === null ? null : formatMac(mac),
      })),
      ports: table.ports.filter(({ mac }) => machines.has(mac)).map((one) => ({ ...one, mac: formatMac(one.mac) })),
      unread: table.unread,
      unreadIps: table.unreadIps.filter((ip) => ips.has(ip)).map(formatIp),
    },
  }))
}

export function givenTable({ name, table }: BundledTable): GivenTable {
  if (table === null) return { name, table: { known: false, gap: unknownFormat(name) } }
  const entries = table.entries.flatMap((one) => {
    const ip = parseIp(one.ip)
    return ip === null ? [] : [{ ...one, ip, mac: one.mac === null ? null : parseMac(one.mac) }]
  })
  const ports = table.ports.flatMap((one) => {
    const mac = parseMac(one.mac)
    return mac === null ? [] : [{ ...one, mac }]
  })
  const unreadIps = table.unreadIps.flatMap((one) => parseIp(one) ?? [])
  return { name, table: known({ ...table, name, entries, ports, unreadIps }, 'the bundle') }
}
