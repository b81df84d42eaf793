import { parseBoundedJson } from '../bounded-json.js'
import { CannotLook, type Gap } from '../known.js'
import type { Ip } from '../wire/ip.js'
import { anyIp, anyMac } from './fields.js'
import type { Format, NeighbourEntry, NeighbourFormat, NeighbourTable, PortEntry, Row, Section } from './model.js'
import { formats, MAKERS } from './registry.js'
import { commandIn, linesOf, vrfNamedIn, vrfOfCommand } from './terminal.js'

/** The largest routers hold some ten thousands of entries. */
const MOST_ROWS = 100_000

/** Reads what a device printed: one or several of its tables, prompts and other lines between them. Throws CannotLook. */
export function readNeighbourTable(text: string, name: string): NeighbourTable {
  const read = fromJson(text) ?? fromMixed(text)
  const [first] = read.rows
  if (!first) throw new CannotLook(unknownFormat(name, read.unread))
  const rows = read.rows.slice(0, MOST_ROWS)
  return {
    name,
    format: first.format,
    entries: distinct(
      rows.flatMap(({ row }) => (row.is === 'entry' ? [entryOf(row)] : [])),
      ({ ip, mac, kind, interface: name, vrf }) => `${ip} ${mac} ${kind} ${name} ${vrf}`,
    ),
    ports: distinct(
      rows.flatMap(({ row }) => (row.is === 'port' ? [portOf(row)] : [])),
      ({ mac, vlan, port, kind }) => `${mac} ${vlan} ${port} ${kind}`,
    ),
    unread: read.unread + read.rows.length - rows.length,
    unreadIps: [
      ...new Set([
        ...read.unreadIps,
        ...read.rows.slice(MOST_ROWS).flatMap(({ row }) => (row.is === 'entry' ? row.ip : [])),
      ]),
    ],
  }
}

/** Each line card prints its own table, and a table may have been saved twice: of what is alike the last counts. */
function distinct<T>(all: readonly T[], keyOf: (one: T) => string): readonly T[] {
  return [...new Map(all.map((one) => [keyOf(one), one])).values()]
}

interface Read {
  readonly rows: readonly { readonly format: NeighbourFormat; readonly row: Row }[]
  readonly unread: number
  readonly unreadIps: readonly Ip[]
}

function fromJson(text: string): Read | null {
  if (!/^\s*[[{]/.test(text)) return null
  try {
    const value = parseBoundedJson(text)
    for (const { id, json } of formats) {
      const rows = json?.(value) ?? null
      if (rows !== null) return { rows: rows.map((row) => ({ format: id, row })), unread: 0, unreadIps: [] }
    }
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error
  }
  return null
}

/** Commands and tables, and between them the one line that a command prints in JSON. */
function fromMixed(text: string): Read {
  const lines = text.split(/\r?\n/).map((line) => ({ line, json: /^\s*\[\{/.test(line) ? fromJson(line) : null }))
  const read = fromLines(lines.flatMap(({ line, json }) => (json === null ? [line] : [])).join('\n'))
  return { ...read, rows: [...lines.flatMap(({ json }) => json?.rows ?? []), ...read.rows] }
}

/** A heading says whose rows follow, until the next command; rows of makers that print none tell by themselves. */
function fromLines(text: string): Read {
  const rows: { format: NeighbourFormat; row: Row }[] = []
  const unread: string[] = []
  let current: { readonly under: Under; readonly heading: string } | null = null
  let vrf: string | null = null
  let wrapped = ''
  const readRow = (line: string) => (current && rowUnder(current.under, line, current.heading)) ?? rowAlone(line)
  for (const line of linesOf(text)) {
    const command = commandIn(line)
    const named = command === null ? vrfNamedIn(line) : vrfOfCommand(command)
    if (named !== undefined) vrf = named
    if (command !== null) current = null
    const under = HEADED.find(({ section }) => section.heading!.test(line))
    if (under) {
      current = { under, heading: line }
      wrapped = ''
      continue
    }
    const alone = line.includes(' ') ? null : anyIp(line)
    const above = rows.at(-1)?.row
    if (alone !== null && current?.under.section.hasMoreAddresses && above?.is === 'entry') {
      rows.push({ format: current.under.format, row: { ...above, ip: alone } })
      continue
    }
    const read = (wrapped === '' ? null : readRow(`${wrapped} ${line}`)) ?? readRow(line)
    // a long IPv6 address pushes the rest of its row into the next line
    wrapped = alone !== null && line.includes(':') ? line : ''
    if (read) rows.push({ ...read, row: inVrf(read.row, vrf) })
    else if (looksLikeEntry(line)) unread.push(line)
  }
  return {
    rows: rows.filter(({ row }) => row.is !== 'nothing'),
    unread: unread.length,
    unreadIps: unread.flatMap((line) => wordsOf(line).flatMap((word) => anyIp(word) ?? [])),
  }
}

function inVrf(row: Row, vrf: string | null): Row {
  return row.is === 'entry' && row.vrf === null ? { ...row, vrf } : row
}

interface Under {
  readonly format: NeighbourFormat
  readonly section: Section
}

const ALL: readonly Under[] = formats.flatMap(({ id, sections }: Format) =>
  sections.map((section) => ({ format: id, section })),
)
const HEADED = ALL.filter(({ section }) => section.heading !== null)
const ALONE = ALL.filter(({ section }) => section.heading === null)

function rowUnder({ format, section }: Under, line: string, heading: string) {
  const row = section.row(line, heading)
  return row && { format, row }
}

function rowAlone(line: string) {
  for (const under of ALONE) {
    const read = rowUnder(under, line, '')
    if (read) return read
  }
  return null
}

/** A MAC and an address, or a MAC and a port: a row of a maker that we do not know, or in another shape. */
function looksLikeEntry(line: string): boolean {
  return wordsOf(line).some((word) => anyMac(word) !== null)
}

function wordsOf(line: string): string[] {
  return line.split(/[\s,()="]+/)
}

function entryOf({ is: _, ...entry }: Extract<Row, { is: 'entry' }>): NeighbourEntry {
  return entry
}

function portOf({ is: _, ...port }: Extract<Row, { is: 'port' }>): PortEntry {
  return port
}

/** Why a table is not known; `unread`: lines of it that hold a MAC. */
export function unknownFormat(name: string, unread = 0): Gap {
  const known = Object.values(MAKERS).join(', ')
  const lines = unread === 1 ? 'one line holds' : `${unread} lines hold`
  return {
    subject: `neighbours of ${name}`,
    reason:
      unread === 0 ? 'no entry of a neighbour table is in the file' : `${lines} a MAC, in no format that is known`,
    hint: `save the table as the device prints it, heading included (${known})`,
  }
}
