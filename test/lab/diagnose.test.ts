import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { diagnosed } from '../../src/report/diagnosed.js'
import { type Report, reportSchema } from '../../src/report/report.js'
import { describeLab } from './describe-lab.js'
import { type Situation, type Standing, situations, stand, VIP } from './situations.js'

let standing: Standing | null = null
afterEach(() => {
  standing?.segment.remove()
  standing = null
})

async function diagnose(
  situation: Situation,
  ...flags: readonly string[]
): Promise<{ report: Report; code: number | null }> {
  standing = await stand(situation)
  const done = await standing.run('diagnose', '--vip', VIP, '--json', ...(situation.pace ?? []), ...flags)
  expect(done.stderr).not.toContain('bug in l2doctor')
  return { report: reportSchema.parse(JSON.parse(done.stdout)), code: done.code }
}

/** Kept only with UPDATE_BUNDLES=1: then the snapshots of test/report/diagnosis.test.ts must be made anew. */
function bundleFile({ name }: Situation): string {
  const file = `${name.replace(/[^\w]+/g, '-').toLowerCase()}.bundle`
  return process.env['UPDATE_BUNDLES']
    ? resolve('fixtures/bundles', file)
    : join(tmpdir(), `l2d-${process.pid}-${file}`)
}

describeLab('diagnose', () => {
  it.each(situations)('$name', async (situation) => {
    const bundle = bundleFile(situation)
    const { report, code } = await diagnose(situation, '--save', bundle)
    const { symptoms, unattached } = diagnosed(report)!
    expect(symptoms[0]?.finding.rule ?? null).toBe(situation.symptom)
    const first = symptoms[0]?.causes[0]?.finding ?? unattached[0] ?? null
    expect(first && { rule: first.rule, subject: first.subject.id }).toEqual(situation.root)
    for (const part of [situation.evidence ?? []].flat()) expect(JSON.stringify(first?.evidence)).toContain(part)
    expect(report.gaps.map(({ subject, reason }) => `${subject}: ${reason}`)).toEqual([])
    expect(code).toBe(situation.root === null ? 0 : 1)

    const again = await standing!.run('diagnose', '--from', bundle, '--json')
    expect(JSON.stringify(reportSchema.parse(JSON.parse(again.stdout)).findings)).toBe(JSON.stringify(report.findings))
    if (!process.env['UPDATE_BUNDLES']) rmSync(bundle)
  })
})
