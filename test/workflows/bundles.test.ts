import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { composeBundle } from '../../src/cli/compose-diagnose.js'
import { atHand } from '../../src/report/at-hand.js'
import { fixScript } from '../../src/report/fix-script.js'
import { type Report, reportSchema } from '../../src/report/report.js'
import { pretty } from '../../src/report/reporters/pretty.js'
import type { RenderOptions } from '../../src/report/reporters/reporter.js'
import { diagnose } from '../../src/workflows/diagnose.js'

const FOLDER = 'fixtures/bundles'
const names = readdirSync(FOLDER).filter((name) => name.endsWith('.bundle'))
const LOOKS: Record<string, Partial<RenderOptions>> = {
  ascii: { unicode: false, colour: false },
  colour: { unicode: true, colour: true },
}

const SCREEN: RenderOptions = { width: 80, unicode: true, colour: false, quiet: false, verbose: false }

async function judge(name: string): Promise<Report> {
  const { request, adapters } = await composeBundle(join(FOLDER, name), '0.0.0')
  const suppressions = { ...request, suppressions: [] }
  return reportSchema.parse(await diagnose(suppressions, adapters, new AbortController().signal))
}

describe.each(names)('%s', (name) => {
  const place = (ending: string) => `./__snapshots__/bundles/${name.replace('.bundle', '')}.${ending}.txt`

  it.each(Object.keys(LOOKS))('is told at 80 columns: %s', async (look) => {
    const text = pretty(await judge(name), { width: 80, quiet: false, verbose: false, ...LOOKS[look] } as RenderOptions)
    await expect(text).toMatchFileSnapshot(place(look))
  })

  it('fits one screen of 40 lines, and says nothing twice', async () => {
    const lines = pretty(await judge(name), SCREEN)
      .trimEnd()
      .split('\n')
    expect(lines.length).toBeLessThanOrEqual(40)
    const said = lines.map((line) => line.trim()).filter((line) => line.length > 20)
    expect(said.filter((line, at) => said.indexOf(line) !== at)).toEqual([])
  })

  it('has the verdict, the causes and the next step with -q, and nothing else', async () => {
    const [report, whole] = [await judge(name), pretty(await judge(name), SCREEN)]
    const quiet = pretty(report, { ...SCREEN, quiet: true })
      .trimEnd()
      .split('\n')
    expect(quiet.length).toBeLessThanOrEqual(9)
    const [first] = quiet
    expect(whole.split('\n')[0]).toBe(first)
    expect(quiet.some((line) => line.startsWith('  Next '))).toBe(report.verdict === 'findings')
  })

  it('has all evidence and the steps of all fixes with -v', async () => {
    const report = await judge(name)
    const text = pretty(report, { ...SCREEN, verbose: true })
    for (const { fixes, rule, evidence } of atHand(report).findings) {
      expect(text).toContain(rule)
      for (const step of fixes.flatMap(({ steps }) => steps))
        for (const line of (step.run ?? '').split('\n')) expect(text).toContain(line)
      for (const piece of evidence) if (piece.kind === 'frame') expect(text).toContain(`frame ${piece.frame} `)
    }
  })

  it('gives the same findings each time', async () => {
    expect(JSON.stringify((await judge(name)).findings)).toBe(JSON.stringify((await judge(name)).findings))
  })

  it('makes a fix script that a shell can read', async () => {
    const report = await judge(name)
    const script = fixScript({ ...report, run: { ...report.run, endedAt: '2026-01-01T00:00:00Z' } })
    execFileSync('sh', ['-n'], { input: script })
    await expect(script).toMatchFileSnapshot(place('fix'))
  })
})

it('refuses what is no bundle, with the next step', async () => {
  await expect(composeBundle('package.json', '0.0.0')).rejects.toMatchObject({
    gap: {
      subject: 'package.json',
      reason: 'it is not a bundle',
      hint: 'write it again: l2doctor diagnose --vip VIP --save FILE',
    },
  })
  await expect(composeBundle('no-such-file', '0.0.0')).rejects.toMatchObject({ name: 'CannotLook' })
})
