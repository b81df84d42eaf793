import type { Attribution } from '../facts/attribution.js'
import type { FactTable } from '../facts/facts.js'
import { type Gap, known } from '../known.js'
import { reportNeighbours, unreadWords } from '../report/neighbours.js'
import type { ReportedNeighbours } from '../report/report.js'
import type { ScanContext } from './scan-request.js'

type Given = Pick<ScanContext, 'neighbours'>

/** What the tables of routers and switches say, for the rules; absent where none was given. */
export function neighbourFacts({ neighbours = [] }: Given): FactTable {
  const read = neighbours.flatMap(({ table }) => (table.known ? [table.value] : []))
  const [first] = neighbours
  if (!first) return {}
  return { neighbours: read.length > 0 || first.table.known ? known(read, 'the tables given') : first.table }
}

/** A table that was given and not understood could say something else than the wire. */
export function neighbourDoubts({ neighbours = [] }: Given): Gap[] {
  return neighbours.flatMap(({ table }) => (table.known ? [] : [table.gap]))
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
