import { parseBoundedJson } from '../bounded-json.js'
import { CannotLook, type Gap } from '../known.js'
import { anyIp, anyMac } from './fields.js'
import type { Format, NeighbourEntry, NeighbourFormat, NeighbourTable, PortEntry, Row, Section } from './model.js'
import { formats, MAKERS } from './registry.js'

/** The largest routers hold some ten thousands of entries. */
const MOST_ROWS = 100_000
/** No device prints longer lines in a table. */
const MOST_LINE = 1000

/** Reads what a device printed: one or several of its tables, prompts and other lines between them. Throws CannotLook. */
export function readNeighbourTable(text: string, name: string): NeighbourTable {
  const read = fromJson(text) ?? fromLines(text)
  const [first] = read.rows
  if (!first) throw new CannotLook(unknownFormat(name, read.unread))
  const rows = read.rows.slice(0, MOST_ROWS)
  return {
    name,
    format: first.format,
    entries: rows.flatMap(({ row }) => (row.is === 'entry' ? [entryOf(row)] : [])),
    ports: rows.flatMap(({ row }) => (row.is === 'port' ? [portOf(row)] : [])),
    unread: read.unread + read.rows.length - rows.length,
  }
}

interface Read {
  readonly rows: readonly { readonly format: NeighbourFormat; readonly row: Row }[]
  readonly unread: number
}

function fromJson(text: string): Read | null {
  if (!/^\s*[[{]/.test(text)) return null
  try {
    const value = parseBoundedJson(text)
    for (const { id, json } of formats) {
      const rows = json?.(value) ?? null
      if (rows !== null) return { rows: rows.map((row) => ({ format: id, row })), unread: 0 }
    }
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error
  }
  return null
}

/** A heading says whose rows follow; rows of makers that print none tell by themselves. */
function fromLines(text: string): Read {
  const rows: { format: NeighbourFormat; row: Row }[] = []
  let unread = 0
  let current: { readonly under: Under; readonly heading: string } | null = null
  let wrapped = ''
  for (const raw of text.split(/\r\n|[\r\n]/)) {
    const line = `${wrapped}${raw.trim()}`
    wrapped = ''
    if (line === '' || line.length > MOST_LINE) continue
    if (isAddressAlone(line)) {
      wrapped = `${line} `
      continue
    }
    const under = HEADED.find(({ section }) => section.heading!.test(line))
    if (under) {
      current = { under, heading: line }
      continue
    }
    const read: { format: NeighbourFormat; row: Row } | null =
      (current && rowUnder(current.under, line, current.heading)) ?? rowAlone(line)
    if (read) rows.push(read)
    else if (looksLikeEntry(line)) unread += 1
  }
  return { rows, unread }
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

/** A long IPv6 address pushes the rest of its row into the next line. */
function isAddressAlone(line: string): boolean {
  return line.includes(':') && !line.includes(' ') && anyIp(line) !== null
}

/** A MAC and an address, or a MAC and a port: a row of a maker that we do not know, or in another shape. */
function looksLikeEntry(line: string): boolean {
  return line.split(/[\s,()=]+/).some((word) => anyMac(word) !== null)
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
