import type { Report, ReportedExpectation } from '../../report.js'
import { expectationWords } from '../../wording.js'
import { hang, heading, type Mark, mark, type Style } from './style.js'

/** The mark of an expectation, and of a check by its worst one. */
export const EXPECTATION_MARK = {
  held: 'ok',
  failed: 'error',
  unknown: 'warning',
} as const satisfies Record<ReportedExpectation['status'], Mark>

/** One line an expectation of the check file, in the file's order; of many, those that hold are counted unless -v. */
export function expectations({ expectations }: Report, style: Style): string[] {
  const lead = style.signs.marks.ok.length + 3
  const all = !style.quiet && (style.verbose || expectations.length <= FEW)
  const shown = all ? expectations : expectations.filter(({ status }) => status !== 'held')
  const held = expectations.length - shown.length
  const lines = shown.flatMap((one) =>
    hang(style, `  ${mark(style, EXPECTATION_MARK[one.status])}`, lead, expectationWords(one)),
  )
  const rest = held > 0 && !style.quiet ? hang(style, `  ${mark(style, 'ok')}`, lead, `${held} more hold`) : []
  return lines.length + rest.length > 0 ? [heading(style, 'Expectations'), ...lines, ...rest] : []
}

/** So many expectations get a line each even when they hold. */
const FEW = 6
