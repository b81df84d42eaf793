import type { ReportedFinding } from '../../report.js'
import { certaintyLine, explainCommand, fixPlace, headline, isCommand, stepWords, trialWords } from '../../wording.js'
import { evidenceLines } from '../plain-finding.js'
import { details, fence, text } from './syntax.js'

const SIGN = { error: '❌', warning: '⚠️', info: 'ℹ️' }

export function findingBlock(finding: ReportedFinding): string {
  return [
    `#### ${SIGN[finding.severity]} ${text(headline(finding))}`,
    `${text(finding.message)} (${finding.severity}; ${text(finding.rule)})`,
    text(certaintyLine(finding)),
    ...(finding.evidence.length > 0 ? [details('Why', fence(evidenceLines(finding).join('\n')))] : []),
    ...finding.fixes.map((fix) => details(`Fix: ${fix.summary} (${fixPlace(fix)})`, fixBody(fix))),
    `Read more: ${text(explainCommand(finding.rule))}`,
  ].join('\n\n')
}

function fixBody(fix: ReportedFinding['fixes'][number]): string {
  const steps = fix.steps.flatMap((step, index) => [
    `${index + 1}. ${text(stepWords(step))}`,
    ...(step.run === undefined ? [] : [inList(fence(step.run, 'sh'))]),
  ])
  return [
    ...steps,
    ...[trialWords(fix)].flatMap((words) => (words === null ? [] : [`Trial: ${text(words)}`])),
    ...(fix.sideEffects ?? []).map((effect) => `Side effect: ${text(effect)}`),
    commandOrText('Verify', fix.verify),
    commandOrText('Undo', fix.undo),
  ].join('\n\n')
}

function commandOrText(label: string, words: string): string {
  return isCommand(words) ? `${label}:\n\n${fence(words, 'sh')}` : `${label}: ${text(words)}`
}

function inList(block: string): string {
  return block.replace(/^/gm, '   ')
}
