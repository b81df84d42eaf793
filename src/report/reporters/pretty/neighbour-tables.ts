import { MAKERS } from '../../../neighbours/registry.js'
import type { Report, ReportedNeighbours } from '../../report.js'
import { hang, heading, type Style } from './style.js'
import { table } from './table.js'

const SHOWN = 12

type Entry = ReportedNeighbours['addresses'][number]

const SAYS: Readonly<Record<Entry['says'], string>> = {
  agrees: 'same',
  stale: 'differs',
  elsewhere: 'differs, heard lately',
  unresolved: 'no answer',
  unjudged: 'not compared',
}

/** What the tables of routers and switches say of the addresses. */
export function neighbourTables(report: Report, style: Style): string[] {
  const rows = report.neighbours.flatMap((one) => [...entriesOf(one, style), ...machinesOf(one, style)])
  if (rows.length === 0) return []
  const shown = style.verbose ? rows : rows.slice(0, SHOWN)
  const left = rows.length - shown.length
  return [
    heading(style, 'What routers and switches have'),
    ...table(style, 2, ['Device', 'Address', 'Machine', 'Where', 'Entry'], shown),
    ...(left > 0 ? hang(style, '', 2, `and ${left} more entries (-v lists all)`) : []),
  ]
}

function entriesOf(device: ReportedNeighbours, { signs }: Style): string[][] {
  if (device.addresses.length === 0 && device.entries > 0)
    return [[nameOf(device), signs.dash, signs.dash, signs.dash, 'none']]
  return device.addresses.map((one) => [
    nameOf(device),
    one.ip,
    one.mac === null ? signs.dash : named(one.mac, one.node),
    [one.interface, one.port, one.vrf && `VRF ${one.vrf}`].flatMap((text) => text ?? []).join(' ') || signs.dash,
    [SAYS[one.says], ...(one.ageSeconds === null ? [] : [ageWords(one.ageSeconds)])].join(', '),
  ])
}

function machinesOf(device: ReportedNeighbours, { signs }: Style): string[][] {
  return device.machines.map(({ mac, node, vlan, port }) => [
    nameOf(device),
    signs.dash,
    named(mac, node),
    vlan === null ? port : `${port} VLAN ${vlan}`,
    'port',
  ])
}

function nameOf({ name, format }: ReportedNeighbours): string {
  return format === null ? name : `${name} (${MAKERS[format]})`
}

function named(mac: string, node: string | null): string {
  return node === null ? mac : `${mac} ${node}`
}

function ageWords(seconds: number): string {
  return seconds < 120 ? `${seconds} s old` : `${Math.floor(seconds / 60)} min old`
}
