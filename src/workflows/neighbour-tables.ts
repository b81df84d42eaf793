import type { Attribution } from '../facts/attribution.js'
import type { FactTable } from '../facts/facts.js'
import type { Question } from '../facts/question.js'
import { type Gap, known } from '../known.js'
import type { NeighbourTable } from '../neighbours/model.js'
import { reportNeighbours, unreadWords } from '../report/neighbours.js'
import type { ReportedNeighbours } from '../report/report.js'
import { formatIp, type Ip } from '../wire/ip.js'
import type { ScanContext } from './scan-request.js'

type Given = Pick<ScanContext, 'neighbours'>

/** What the tables of routers and switches say, for the rules; absent where none was given. */
export function neighbourFacts({ neighbours = [] }: Given): FactTable {
  const read = neighbours.flatMap(({ table }) => (table.known ? [table.value] : []))
  const [first] = neighbours
  if (!first) return {}
  return { neighbours: read.length > 0 || first.table.known ? known(read, 'the tables given') : first.table }
}

/** A table that was given and not understood, as a whole or where it names the address, could say something else than the wire. */
export function neighbourDoubts({ neighbours = [] }: Given, { vips }: Pick<Question, 'vips'>): Gap[] {
  return neighbours.flatMap(({ name, table }) => (table.known ? unreadOf(name, table.value, vips) : [table.gap]))
}

function unreadOf(name: string, { entries, unreadIps }: NeighbourTable, vips: readonly Ip[]): Gap[] {
  const unread = vips.filter((vip) => unreadIps.includes(vip) && !entries.some(({ ip }) => ip === vip))
  return unread.map((vip) => ({
    subject: `neighbours of ${name}`,
    reason: `a line about ${formatIp(vip)} could not be read`,
    hint: 'save the table again as the device prints it, heading included',
  }))
}

/** What of a table was left out. */
export function neighbourGaps({ neighbours = [] }: Given): Gap[] {
  return neighbours.flatMap(({ name, table }) =>
    table.known && table.value.unread > 0
      ? [{ subject: `neighbours of ${name}`, reason: unreadWords(table.value.unread), hint: '' }]
      : [],
  )
}

/** The tables for the report. */
export function tablesSeen(
  { neighbours = [] }: Given,
  { answers }: FactTable,
  attribution: Attribution,
): ReportedNeighbours[] {
  const tables = answers?.known ? answers.value : []
  const nodeOf = (mac: number) => attribution.ownersOf(mac)[0]?.node ?? null
  return neighbours.map(({ name, table }) => reportNeighbours(name, table, tables, nodeOf))
}
