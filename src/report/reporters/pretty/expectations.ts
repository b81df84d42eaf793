import type { Report, ReportedExpectation } from '../../report.js'
import { expectationWords } from '../../wording.js'
import { hang, heading, type Mark, mark, type Style } from './style.js'

/** The mark of an expectation, and of a check by its worst one. */
export const EXPECTATION_MARK = {
  held: 'ok',
  failed: 'error',
  unknown: 'warning',
} as const satisfies Record<ReportedExpectation['status'], Mark>

/** One line an expectation of the check file, in the file's order. */
export function expectations({ expectations }: Report, style: Style): string[] {
  if (expectations.length === 0) return []
  const lead = style.signs.marks.ok.length + 3
  const lines = expectations.flatMap((one) =>
    hang(style, `  ${mark(style, EXPECTATION_MARK[one.status])}`, lead, expectationWords(one)),
  )
  return [heading(style, 'Expectations'), ...lines]
}
