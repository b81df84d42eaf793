import { Chalk } from 'chalk'
import Table from 'cli-table3'
import { printable } from '../printable.js'
import type { ReportedNode } from '../report.js'
import { plural, truthsLine } from '../wording.js'
import type { Reporter } from './reporter.js'

/** Hosts beside each other, one row for each value that is not the same everywhere; the odd one out is marked. */
export const matrix: Reporter = (report, { colour, unicode }) => {
  const nodes = report.nodes.filter(({ reached }) => reached)
  const rows = differingRows(nodes)
  const truths = `Looked at: ${printable(truthsLine(report))}\n`
  if (rows.length === 0) return `${truths}No value differs between ${plural(nodes.length, 'host')}\n`
  const mark = colour ? (text: string) => new Chalk({ level: 1 }).yellow.bold(text) : (text: string) => `${text} <`
  const table = new Table({
    head: ['', ...nodes.map(({ name }) => printable(name))],
    style: { head: [], border: [] },
    ...(unicode ? {} : { chars: ASCII }),
  })
  for (const { name, cells } of rows) {
    table.push([name, ...cells.map(({ text, odd }) => (odd ? mark(printable(text)) : printable(text)))])
  }
  return `${truths}${table.toString()}\n`
}

interface Row {
  readonly name: string
  readonly cells: readonly { readonly text: string; readonly odd: boolean }[]
}

/** What a host could not tell differs from nothing. */
const UNKNOWN = '?'

function differingRows(nodes: readonly ReportedNode[]): Row[] {
  const names = [...new Set(nodes.flatMap((node) => Object.keys(valuesOf(node))))]
  return names.flatMap((name) => {
    const texts = nodes.map((node) => valuesOf(node)[name] ?? UNKNOWN)
    const told = new Set(texts.filter((text) => text !== UNKNOWN))
    return told.size > 1 ? [{ name, cells: markOdd(texts) }] : []
  })
}

function valuesOf(node: ReportedNode): Record<string, string> {
  return (node['values'] ?? {}) as Record<string, string>
}

/** Odd: fewer hosts hold this value than hold the commonest. */
function markOdd(texts: readonly string[]): Row['cells'] {
  const counts = new Map<string, number>()
  for (const text of texts) if (text !== UNKNOWN) counts.set(text, (counts.get(text) ?? 0) + 1)
  const most = Math.max(...counts.values())
  return texts.map((text) => ({ text, odd: (counts.get(text) ?? most) < most }))
}

const ASCII = {
  top: '-',
  'top-mid': '+',
  'top-left': '+',
  'top-right': '+',
  bottom: '-',
  'bottom-mid': '+',
  'bottom-left': '+',
  'bottom-right': '+',
  left: '|',
  'left-mid': '+',
  mid: '-',
  'mid-mid': '+',
  right: '|',
  'right-mid': '+',
  middle: '|',
}
