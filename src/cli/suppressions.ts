import type { Suppression } from '../report/suppress.js'
import { UsageError } from './exit-codes.js'

/** So many ids are named to somebody who mistyped one. */
const NAMED = 3

/** `--ignore` values. Of a rule that is none nothing would be accepted, and nobody would notice: a slip of the finger. */
export async function readSuppressions(texts: readonly string[] = []): Promise<Suppression[]> {
  if (texts.length === 0) return []
  // all rules are loaded only to know their names
  const [{ parseSuppression }, { findRule }, { allRules }] = await Promise.all([
    import('../report/suppress.js'),
    import('../rules/find-rule.js'),
    import('../rules/registry.js'),
  ])
  return texts.map((text) => {
    const suppression = parseSuppression(text)
    const found = findRule(allRules, suppression.rule)
    if ('id' in found) return suppression
    const near = found.suggestions.slice(0, NAMED).join(' or ')
    throw new UsageError(
      `--ignore ${text}: there is no rule ${suppression.rule}; did you mean ${near}? \`l2doctor rules\` lists them`,
    )
  })
}
