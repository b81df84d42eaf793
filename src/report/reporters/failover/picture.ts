import type { Mark, MeasuredFailover } from '../../../failover/report.js'
import type { Style } from '../pretty/style.js'
import { cut, padEnd } from '../pretty/text.js'

/** Room for a MAC and what it is. */
const LABEL = 26
const NARROW_LABEL = 24
/** More machines that answered in the middle of it are in the JSON. */
const MOST_ROWS = 6
/** Seconds from one number of the axis to the next. */
const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800] as const
/** Columns that a number takes, with space. */
const TICK = 7

/** Some requests in a row, which share a column, and what came before the next ones. */
interface Column {
  readonly fromMs: number
  readonly asks: number
  readonly marks: readonly Mark[]
}

/** A row for each machine, a column for each request, or for several where the terminal is too narrow; below them the time. */
export function picture(style: Style, move: MeasuredFailover): string[] {
  const label = style.width < 80 ? NARROW_LABEL : LABEL
  const columns = columnsOf(move.timeline, style.width - label)
  if (columns.length === 0) return []
  const rows = machinesOf(move).map(({ mac, name }) => {
    const cells = columns.map((column) => cell(style, column, mac)).join('')
    return padEnd(cut(`  ${mac} ${name}`, label - 1, style.signs.ellipsis), label) + cells.trimEnd()
  })
  const own = columns.some(({ marks }) => marks.some(({ what }) => what === 'own-entry'))
  const entry = columns.map(({ marks }) => (marks.some(({ what }) => what === 'own-entry') ? announced(style) : ' '))
  return [
    ...rows,
    ...(own ? [padEnd('  own entry changed', label) + entry.join('').trimEnd()] : []),
    padEnd('  seconds', label) + axis(columns),
    ...legend(style, columns),
  ]
}

function columnsOf(timeline: readonly Mark[], width: number): Column[] {
  const asks = timeline.filter(({ what }) => what === 'ask')
  const each = Math.ceil(asks.length / width)
  const starts = asks.filter((_, index) => index % Math.max(1, each) === 0).map(({ atMs }) => atMs)
  return starts.map((fromMs, index) => {
    const toMs = starts[index + 1] ?? Number.POSITIVE_INFINITY
    const marks = timeline.filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
    return { fromMs, asks: marks.filter(({ what }) => what === 'ask').length, marks }
  })
}

function machinesOf({ from, to, timeline }: MeasuredFailover): { readonly mac: string; readonly name: string }[] {
  const answered = timeline.flatMap(({ what, mac }) => (what === 'answer' && mac !== undefined ? [mac] : []))
  const others = [...new Set(answered)].filter((mac) => mac !== from.mac && mac !== to.mac)
  const both =
    from.mac === to.mac
      ? [{ mac: from.mac, name: '' }]
      : [
          { mac: from.mac, name: 'old' },
          { mac: to.mac, name: 'new' },
        ]
  return [...both, ...others.map((mac) => ({ mac, name: '' }))].slice(0, MOST_ROWS)
}

/** An announcement, else whether all, some or none of the requests were answered by this machine. */
function cell(style: Style, { asks, marks }: Column, mac: string): string {
  const own = marks.filter((one) => one.mac === mac)
  if (own.some(({ what }) => what === 'announcement')) return announced(style)
  const answers = own.filter(({ what }) => what === 'answer').length
  const { first, some, silent } = style.signs
  if (answers === 0) return style.paint.gray(silent)
  return answers >= asks ? style.paint.green(first) : style.paint.yellow(some)
}

function announced({ signs, paint }: Style): string {
  return paint.cyan.bold(signs.announced)
}

/** Numbers at the columns of their seconds, as close as they fit. */
function axis(columns: readonly Column[]): string {
  const [first, last] = [columns[0]!.fromMs / 1000, columns.at(-1)!.fromMs / 1000]
  const step = STEPS.find((one) => ((last - first) / one) * TICK <= columns.length) ?? last - first
  let text = ''
  for (let tick = Math.ceil(first / step); tick * step <= last; tick++) {
    const at = columns.findIndex(({ fromMs }) => fromMs / 1000 >= tick * step)
    if (at < text.length + (text === '' ? 0 : 1)) continue
    text = text.padEnd(at) + Number((tick * step).toFixed(1))
  }
  return text
}

function legend({ signs, width }: Style, columns: readonly Column[]): string[] {
  const each = Math.max(...columns.map(({ asks }) => asks))
  const one = each === 1 ? 'a column: 1 request' : `a column: ${each} requests`
  const some = each === 1 ? '' : ` ${signs.some} some answered`
  const text = `  ${one}; ${signs.first} answered${some} ${signs.silent} silent ${signs.announced} announced`
  return [cut(text, width, signs.ellipsis)]
}
