import type { Finding } from '../rules/engine.js'
import { currentIds, formerRule } from '../rules/former.js'
import { subjectText } from '../rules/subject.js'

/** `--ignore RULE[=SUBJECT]`: a rule, on one subject or on all. */
export interface Suppression {
  readonly rule: string
  readonly subject: string | null
}

export function parseSuppression(text: string): Suppression {
  const equals = text.indexOf('=')
  return equals < 0 ? { rule: text, subject: null } : { rule: text.slice(0, equals), subject: text.slice(equals + 1) }
}

/** Parts findings into those that stand and those an operator has accepted, which stay in the report. */
export function suppress(findings: readonly Finding[], suppressions: readonly Suppression[]) {
  const standing: Finding[] = []
  const suppressed: (Finding & { suppressedBy: string })[] = []
  for (const finding of findings) {
    const by = suppressions.find((one) => covers(one, finding))
    if (by) suppressed.push({ ...finding, suppressedBy: by.subject === null ? by.rule : `${by.rule}=${by.subject}` })
    else standing.push(finding)
  }
  return { standing, suppressed }
}

function covers({ rule, subject }: Suppression, finding: Finding): boolean {
  if (!currentIds(rule).includes(finding.rule)) return false
  // who accepted proxy ARP has not accepted two holders
  if (formerRule(rule)?.narrow && !finding.formerly?.includes(rule)) return false
  return (
    subject === null ||
    subject === subjectText(finding.subject) ||
    (rule !== finding.rule && isAllAbout(finding, subject))
  )
}

/** Former rules spoke of a host, or of one of its interfaces: accepted is a finding that is about nothing else. */
function isAllAbout({ checks = [] }: Finding, subject: string): boolean {
  return checks.length > 0 && checks.every((one) => [one.host, `${one.host}/${one.interface}`].includes(subject))
}
