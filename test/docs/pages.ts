import { checkFileJsonSchema } from '../../src/check/parse-check-file.js'
import { failoverJsonSchema } from '../../src/failover/report.js'
import { reportJsonSchema } from '../../src/report/report.js'
import { type RuleExample, ruleIndex, rulePage } from '../../src/report/rule-page.js'
import type { Rule } from '../../src/rules/define.js'
import { allRules } from '../../src/rules/registry.js'
import { historyJsonSchema } from '../../src/watch/history-line.js'
import { statusJsonSchema } from '../../src/watch/page/status.js'
import { judgeFixture, listFixtures } from '../rules/fixtures.js'

/** Every generated file below docs/, by its path there. */
export function docsPages(): Map<string, string> {
  const pages = new Map([
    ['rules/README.md', ruleIndex(allRules)],
    ['report.schema.json', `${JSON.stringify(reportJsonSchema(), null, 2)}\n`],
    ['failover.schema.json', `${JSON.stringify(failoverJsonSchema(), null, 2)}\n`],
    ['status.schema.json', `${JSON.stringify(statusJsonSchema(), null, 2)}\n`],
    ['watch-history.schema.json', `${JSON.stringify(historyJsonSchema(), null, 2)}\n`],
    ['check-file.schema.json', `${JSON.stringify(checkFileJsonSchema(), null, 2)}\n`],
  ])
  for (const rule of allRules) {
    pages.set(`rules/${rule.id}.md`, rulePage(rule, { explainedBy: explainedBy(rule), example: example(rule) }))
  }
  return pages
}

function explainedBy({ id }: Rule): string[] {
  return allRules.filter(({ explains }) => explains?.includes(id)).map((rule) => rule.id)
}

/** What the rule says in its first firing fixture. */
function example(rule: Rule): RuleExample | null {
  const fixture = listFixtures().find((one) => one.rule === rule.id && one.fires)
  return fixture ? (judgeFixture([rule], fixture.path).findings[0] ?? null) : null
}
