import type { Report } from '../../report.js'
import { outcomeOf } from '../../verdict.js'
import { bySeverity, nextStep, verdictLine } from '../../wording.js'
import { EXPECTATION_MARK } from './expectations.js'
import { coloured, command, hang, type Mark, mark, type Style } from './style.js'

/** The verdict in one line, and the one thing to do next. */
export function closing(report: Report, style: Style): string[] {
  const kind = verdictMark(report)
  const lead = style.signs.marks.ok.length + 1
  const next = nextStep(report)
  return [
    ...hang(style, mark(style, kind), lead, verdictLine(report), (line) => coloured(style, kind, line)),
    ...(next ? hang(style, '', lead, `Do this next: ${next.text}`) : []),
    ...(next?.run ? command(style, lead + 2, next.run) : []),
  ]
}

function verdictMark(report: Report): Mark {
  const outcome = outcomeOf(report)
  if (outcome !== null) return EXPECTATION_MARK[outcome]
  const { verdict, findings } = report
  if (verdict === 'healthy') return 'ok'
  return verdict === 'inconclusive' ? 'warning' : (bySeverity(findings)[0]?.severity ?? 'warning')
}
