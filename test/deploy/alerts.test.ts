import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parse as parseYaml, stringify } from 'yaml'
import { watchMetrics } from '../../src/metrics/registry.js'
import { allRules } from '../../src/rules/registry.js'
import { ALERTS } from '../docs/alerts.js'
import { ALERT_CASES, type AlertCase } from './alert-cases.js'

const RULES = 'deploy/watch/rules.yaml'
const hasPromtool = spawnSync('promtool', ['--version']).status === 0
if (!hasPromtool) console.warn('SKIPPED alerts under promtool: it is not here (Debian: apt-get install prometheus)')

const folder = mkdtempSync(join(tmpdir(), 'l2d-alerts-'))
afterAll(() => rmSync(folder, { recursive: true }))

function promtool(...argv: readonly string[]): string {
  return execFileSync('promtool', argv, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

/** The queries of the dashboard, by the title of their panel. */
function dashboardQueries(): { readonly panel: string; readonly expr: string }[] {
  const { panels } = JSON.parse(readFileSync('deploy/watch/dashboard.json', 'utf8')) as {
    panels: readonly { readonly title: string; readonly targets: readonly { readonly expr: string }[] }[]
  }
  return panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ panel: title, expr })))
}

/** As Grafana asks Prometheus. */
function filledIn(expr: string): string {
  return expr.replaceAll('$__rate_interval', '2m').replaceAll('$__range', '1h').replace(/\$\w+/g, '.*')
}

describe('the alerts', () => {
  it.runIf(hasPromtool)('are rules to promtool', () => {
    expect(promtool('check', 'rules', RULES)).toContain('SUCCESS: 7 rules found')
  })

  it.runIf(hasPromtool).each(ALERT_CASES.map((one) => [`${one.alert}: ${one.what}`, one] as const))('%s', (_, one) => {
    const file = join(folder, 'test.yaml')
    writeFileSync(file, stringify(testOf(one)))
    expect(promtool('test', 'rules', file)).toContain('SUCCESS')
  })

  it('fire within two windows of a minute', () => {
    const seconds = (text: string) =>
      /^(?:(\d+)m)?(?:(\d+)s)?$/
        .exec(text)!
        .slice(1)
        .reduce((sum, one) => sum * 60 + Number(one ?? 0), 0)
    const late = ALERT_CASES.filter(({ at, fault }) => fault !== null && seconds(at) - seconds(fault) > 120)
    expect(late).toEqual([])
    expect(ALERT_CASES.filter(({ fault, fires }) => (fault === null) !== (fires === null))).toEqual([])
  })

  it('are each shown to fire, and not to', () => {
    for (const { alert } of ALERTS) {
      const cases = ALERT_CASES.filter((one) => one.alert === alert)
      expect([cases.some(({ fires }) => fires !== null), cases.some(({ fires }) => fires === null)], alert).toEqual([
        true,
        true,
      ])
    }
  })

  it('lead to pages of rules that there are', () => {
    const ids = new Set(allRules.map(({ id }) => id))
    expect(ALERTS.filter(({ rule }) => rule !== null && !ids.has(rule))).toEqual([])
    const ofFindings = ALERTS.flatMap(({ expr }) => /l2doctor_vip_findings\{rule="([^"]+)"/.exec(expr)?.[1] ?? [])
    expect(ofFindings.filter((id) => !ids.has(id))).toEqual([])
  })
})

describe('the dashboard', () => {
  it.runIf(hasPromtool)('asks what Prometheus can answer', () => {
    const rules = dashboardQueries().map(({ expr }, at) => ({ record: `panel:query:${at}`, expr: filledIn(expr) }))
    expect(rules.length).toBeGreaterThan(8)
    const file = join(folder, 'dashboard.yaml')
    writeFileSync(file, stringify({ groups: [{ name: 'dashboard', rules }] }))
    expect(promtool('check', 'rules', file)).toContain(`SUCCESS: ${rules.length} rules found`)
  })

  it('has no panel on top of another, and each id once', () => {
    const { panels } = JSON.parse(readFileSync('deploy/watch/dashboard.json', 'utf8'))
    const taken = new Set<string>()
    for (const { id, gridPos } of panels) {
      expect(taken.has(`id ${id}`)).toBe(false)
      taken.add(`id ${id}`)
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.has(`${x} ${y}`), `panel ${id}`).toBe(false)
          taken.add(`${x} ${y}`)
        }
      }
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24)
    }
  })
})

it('asks, in alerts and dashboard, for nothing that a watch does not export', async () => {
  const text = String(await watchMetrics('1').body())
  const exported = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!))
  const exprs = [...ALERTS.map(({ expr }) => expr), ...dashboardQueries().map(({ expr }) => expr)]
  const asked = new Set(
    exprs
      .flatMap((expr) => expr.match(/\bl2doctor_\w+/g) ?? [])
      .map((name) => name.replace(/_(?:bucket|count|sum)$/, '')),
  )
  expect([...asked].filter((name) => !exported.has(name))).toEqual([])
})

function testOf({ alert, series, at, fires }: AlertCase) {
  const { groups } = parseYaml(readFileSync(RULES, 'utf8')) as {
    groups: [{ rules: { alert: string; labels: { severity: string } }[] }]
  }
  const severity = groups[0].rules.find((rule) => rule.alert === alert)?.labels.severity
  return {
    rule_files: [resolve(RULES)],
    evaluation_interval: '30s',
    tests: [
      {
        interval: '30s',
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        // the annotations are held by the labels that they name: promtool would want each text again
        promql_expr_test: [
          {
            expr: `count by (${LABELS}) (ALERTS{alertname="${alert}", alertstate="firing"})`,
            eval_time: at,
            exp_samples: (fires ?? []).map((labels) => ({
              labels: `{${Object.entries({ ...labels, severity })
                .map(([key, value]) => `${key}="${value}"`)
                .join(', ')}}`,
              value: 1,
            })),
          },
        ],
      },
    ],
  }
}

const LABELS = 'job, instance, interface, vip, family, service_namespace, service, severity'
