import type { ReportedFinding } from '../report.js'
import { certaintyLine, evidenceText, explainCommand, fixPlace, stepWords, trialWords } from '../wording.js'

/** A finding's reasons, one line each, as plain text. */
export function evidenceLines({ evidence }: Pick<ReportedFinding, 'evidence'>): string[] {
  return evidence.flatMap((piece) => {
    const { text, command, output } = evidenceText(piece)
    return [text, ...(command === null ? [] : [`  ${command}`]), ...output.map((line) => `  ${line}`)]
  })
}

/** A finding's cure as plain text: steps with their commands, side effects, how to verify and to undo. */
export function fixLines({ fixes }: Pick<ReportedFinding, 'fixes'>): string[] {
  return fixes.flatMap((fix) => [
    `Fix: ${fix.summary} (${fixPlace(fix)})`,
    ...fix.steps.flatMap((step, index) => [
      `  ${index + 1}. ${stepWords(step)}`,
      ...(step.run === undefined ? [] : [`     ${step.run}`]),
    ]),
    ...trialLine(fix),
    ...(fix.sideEffects ?? []).map((effect) => `Side effect: ${effect}`),
    `Verify: ${fix.verify}`,
    `Undo: ${fix.undo}`,
  ])
}

function trialLine(fix: ReportedFinding['fixes'][number]): string[] {
  const words = trialWords(fix)
  return words === null ? [] : [`Trial: ${words}`]
}

/** The whole finding as plain text, for formats that hold one text a finding. */
export function plainFinding(finding: ReportedFinding): string {
  return [
    finding.message,
    certaintyLine(finding),
    ...(finding.evidence.length > 0 ? ['Why:', ...evidenceLines(finding).map((line) => `  ${line}`)] : []),
    ...fixLines(finding),
    `Read more: ${explainCommand(finding.rule)}`,
  ].join('\n')
}
