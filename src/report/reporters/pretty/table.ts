import { oneLine } from '../../printable.js'
import type { Style } from './style.js'
import { cut, displayWidth, padEnd, wrap } from './text.js'

const GAP = 2
/** No column but the last is wider, and no cell of the last is longer. */
const WIDEST_CELL = 26
const LONGEST_CELL = 8
/** Narrower, the last column would be a column of syllables: the widest of the others gives way. */
const NARROWEST_LAST = 10

/**
 * Columns as wide as what they hold; the last one takes the rest of the line and wraps. Drawn by hand because
 * cli-table3 measures each cell several times over, which a sweep of 1000 addresses paid with seconds.
 */
export function table(
  style: Style,
  indent: number,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  const wanted = head.slice(0, -1).map((name, index) => {
    const cells = rows.map((row) => displayWidth(oneLine(row[index] ?? '')))
    return Math.min(WIDEST_CELL, Math.max(displayWidth(name), ...cells))
  })
  const widths = withRoom(wanted, style.width - indent - NARROWEST_LAST)
  const lead = widths.reduce((sum, width) => sum + width + GAP, indent)
  const margin = ' '.repeat(indent)
  return [
    margin + style.paint.dim(join(head, widths)),
    ...rows.flatMap((row) => {
      const [first = '', ...more] = wrap(row.at(-1) ?? '', style.width - lead).slice(0, LONGEST_CELL)
      const cells = row.slice(0, -1).map((cell, index) => cut(oneLine(cell), widths[index] ?? 0, style.signs.ellipsis))
      return [margin + join([...cells, first], widths), ...more.map((line) => ' '.repeat(lead) + line)]
    }),
  ]
}

/** The widest column, made narrower by what is missing. */
function withRoom(widths: readonly number[], room: number): readonly number[] {
  const missing = widths.reduce((sum, width) => sum + width + GAP, 0) - room
  const widest = widths.lastIndexOf(Math.max(...widths))
  return missing <= 0 ? widths : widths.with(widest, Math.max(NARROWEST_LAST, widths[widest]! - missing))
}

/** Cells side by side; the last one has no width and no padding. */
function join(cells: readonly string[], widths: readonly number[]): string {
  const padded = cells.map((cell, index) => padEnd(cell, widths[index] ?? 0))
  return padded.join(' '.repeat(GAP)).trimEnd()
}
