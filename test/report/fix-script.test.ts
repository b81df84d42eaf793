import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fixScript } from '../../src/report/fix-script.js'
import type { Report } from '../../src/report/report.js'
import { sh } from '../../src/shell.js'
import { savedReport } from './reporters/reports.js'

/** One finding a node, whose fix says at which place of the list it stands. */
function planFor(nodes: readonly string[]): Report {
  const report = savedReport('duplicate')
  const [finding] = report.findings
  if (!finding) throw new Error('the saved report has no finding')
  const findings = nodes.map((node, at) => ({
    ...finding,
    fingerprint: `${at}`,
    fixes: [
      {
        summary: `a step on ${node}`,
        risk: 'none' as const,
        where: 'node' as const,
        node,
        steps: [{ kind: 'runtime' as const, text: `on ${node}`, run: sh`echo step ${at} ${node}` }],
        verify: '-',
        undo: '-',
      },
    ],
  }))
  return { ...report, findings, diagnosis: null }
}

describe('a fix script', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'l2d-plan-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  function run(report: Report, ...section: string[]) {
    const file = join(folder, 'plan.sh')
    writeFileSync(file, fixScript(report))
    return spawnSync('/bin/sh', [file, ...section], { cwd: folder, encoding: 'utf8', env: { PATH: '/nonexistent' } })
  }

  const HOSTILE = [
    'esac',
    '--all',
    '-oProxyCommand=touch x',
    '$(echo no)',
    '*',
    'a)',
    "it's",
    'in',
    'two words',
    '"',
    '\\',
  ]

  it.each(HOSTILE)('has a section for a node named %s, and one for the others', (name) => {
    const report = planFor(['node-a', name])
    expect(run(report, name).stdout.split(' ').slice(0, 2)).toEqual(['step', '1'])
    expect(run(report, 'node-a').stdout).toBe('step 0 node-a\n')
    const lost = run(report)
    expect(lost.status).toBe(2)
    expect(lost.stderr).toMatch(/^usage: sh \S+ node-a \| /)
  })

  it('keeps nodes apart whose names differ only in what a terminal would obey', () => {
    const script = fixScript(planFor(['a\u001b', 'a\u0007', 'a\nb']))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
    expect(script).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/)
    expect(script).toContain("'a\ufffd')")
    expect(script).toContain("'a\ufffd-2')")
    expect(script).toContain("'a b')")
  })

  it('is a script whatever its nodes are called', () => {
    const names = fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(names, (nodes) => {
        const { status, stderr } = run(planFor(nodes))
        expect(stderr).toMatch(/^usage: /)
        expect(status).toBe(2)
      }),
      { numRuns: 60 },
    )
  })
})
