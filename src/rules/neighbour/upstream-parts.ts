import { groupBy } from '../../cluster/group-by.js'
import type { AnswerTable, UpstreamEntry, UpstreamVerdict } from '../../facts/answers/model.js'
import type { EntryKind, NeighbourFormat, NeighbourTable } from '../../neighbours/model.js'
import { MAKERS } from '../../neighbours/registry.js'
import { once } from '../../once.js'
import { formatIp } from '../../wire/ip.js'
import { formatMac, type Mac } from '../../wire/mac.js'
import { type Confidence, possible } from '../certainty.js'
import type { Evidence } from '../define.js'
import { counted } from '../wire/evidence.js'
import { commandsFor } from './maker-commands.js'

/** What the rules on tables of routers and switches share: one entry as findings carry it, its words, its evidence. */

export interface DescribedEntry {
  readonly table: string
  readonly format: NeighbourFormat
  /** Null: it is not resolved. */
  readonly mac: string | null
  readonly leadsTo: string | null
  readonly kind: EntryKind
  readonly interface: string | null
  readonly vrf: string | null
  readonly ageSeconds: number | null
  readonly states: readonly string[]
  /** Where switches have learnt its MAC. */
  readonly ports: readonly { readonly table: string; readonly port: string }[]
}

export const SHOWN = 5

export function entriesThat(says: UpstreamVerdict, { upstream }: AnswerTable): readonly UpstreamEntry[] {
  return upstream.filter((one) => one.says === says)
}

/** The reason that holds of these entries, if none of them may be of another segment. */
export function possibleIn(found: readonly Pick<UpstreamEntry, 'mayBeOfAnother'>[], otherwise: string): Confidence {
  const mayBeOfAnother = found.some((one) => one.mayBeOfAnother)
  return possible(mayBeOfAnother ? OF_ANOTHER : otherwise)
}

export const OF_ANOTHER =
  'the table has several interfaces or routing tables (VRF), and the entry may be of another segment'

export function describeEntry(
  { table, entry, leadsTo }: UpstreamEntry,
  tables: readonly NeighbourTable[],
): DescribedEntry {
  return {
    table: table.name,
    format: table.format,
    mac: entry.mac === null ? null : formatMac(entry.mac),
    leadsTo,
    kind: entry.kind,
    interface: entry.interface,
    vrf: entry.vrf,
    ageSeconds: entry.age?.atLeast ?? null,
    states: entry.states,
    ports: entry.mac === null ? [] : portsOf(entry.mac, tables),
  }
}

/** Each port at which a table has the MAC, once. */
function portsOf(mac: Mac, tables: readonly NeighbourTable[]): { table: string; port: string }[] {
  return tables.flatMap((table) =>
    [...new Set((portsByMac(table).get(mac) ?? []).map(({ port }) => port))].map((port) => ({
      table: table.name,
      port,
    })),
  )
}

export const portsByMac = once(({ ports }: NeighbourTable) => groupBy(ports, ({ mac }) => mac))

/** `edge-1 (Cisco IOS)`. */
export function deviceWords({ table, format }: Pick<DescribedEntry, 'table' | 'format'>): string {
  return `${table} (${MAKERS[format]})`
}

/** `02:00:00:00:00:02 of node-b, 4 minutes old, on Vlan10, which sw-1 has learnt at Gi1/0/3`. */
export function entryWords({ mac, leadsTo, ageSeconds, interface: name, vrf, ports, states }: DescribedEntry): string {
  const [at] = ports
  return [
    leadsTo === null ? mac : `${mac} of ${leadsTo}`,
    ...(ageSeconds === null ? [] : [`${ageWords(ageSeconds)} old`]),
    ...(states.length === 0 ? [] : [states.join(' ')]),
    ...(name === null ? [] : [`on ${name}`]),
    ...(vrf === null ? [] : [`in VRF ${vrf}`]),
    ...(at ? [`learnt by ${at.table} at ${at.port}`] : []),
  ].join(', ')
}

function ageWords(seconds: number): string {
  if (seconds < 120) return counted(seconds, 'second')
  if (seconds < 7200) return counted(Math.floor(seconds / 60), 'minute')
  return seconds < 172_800 ? counted(Math.floor(seconds / 3600), 'hour') : counted(Math.floor(seconds / 86_400), 'day')
}

/** The entry as the device has it, behind the command that shows it. */
export function entryEvidence({ table, entry }: UpstreamEntry): Evidence {
  const ip = formatIp(entry.ip)
  const parts = [
    ip,
    entry.mac === null ? 'no MAC' : formatMac(entry.mac),
    ...(entry.interface === null ? [] : [entry.interface]),
    ...(entry.vrf === null ? [] : [`VRF ${entry.vrf}`]),
    ...(entry.port === null ? [] : [entry.port]),
    ...(entry.age === null ? [] : [`age ${ageWords(entry.age.atLeast)}`]),
    ...entry.states,
  ]
  return {
    kind: 'command',
    host: table.name,
    command: commandsFor(table.format, ip, entry).show,
    output: parts.join(' '),
  }
}
