import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { writeOutputs } from '../../src/cli/outputs.js'
import { Saves } from '../../src/cli/saves.js'
import { known, unknown } from '../../src/known.js'
import { savedReport } from '../report/reporters/reports.js'

const OPTIONS = { colour: true, width: 80, unicode: true, quiet: false, verbose: false }

let folder: string
let saves: Saves
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'l2d-outputs-'))
  saves = new Saves(new AbortController().signal)
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true })
})

it('the github output appends the markdown report to the step summary', async () => {
  const summary = join(folder, 'summary.md')
  writeFileSync(summary, 'earlier step\n')
  vi.stubEnv('GITHUB_STEP_SUMMARY', summary)
  await writeOutputs(savedReport('duplicate'), [{ name: 'github', file: join(folder, 'log') }], OPTIONS, saves)
  expect(readFileSync(summary, 'utf8')).toMatch(/^earlier step\n## ❌ l2doctor scan: 2 errors/)
})

it('no other output touches the step summary', async () => {
  const summary = join(folder, 'summary.md')
  writeFileSync(summary, 'earlier step\n')
  vi.stubEnv('GITHUB_STEP_SUMMARY', summary)
  await writeOutputs(savedReport('duplicate'), [{ name: 'junit', file: join(folder, 'report.xml') }], OPTIONS, saves)
  expect(readFileSync(summary, 'utf8')).toBe('earlier step\n')
})

it('a step summary that cannot be written costs nothing else, and is told with its next step', async () => {
  vi.stubEnv('GITHUB_STEP_SUMMARY', join(folder, 'missing', 'summary.md'))
  await writeOutputs(savedReport('healthy'), [{ name: 'github', file: join(folder, 'log') }], OPTIONS, saves)
  expect(readFileSync(join(folder, 'log'), 'utf8')).not.toBe('')
  expect(saves.complaints).toEqual([expect.stringMatching(/no folder .*GITHUB_STEP_SUMMARY.*unset it/)])
})

it('a file gets no colours', async () => {
  const file = join(folder, 'report.txt')
  await writeOutputs(savedReport('duplicate'), [{ name: 'pretty', file }], OPTIONS, saves)
  expect(readFileSync(file, 'utf8')).not.toContain('\u001b')
})

const REDACTED = known(savedReport('healthy'), 'its redacted bundle')

it('the step summary is a file too: it holds the report that files are to hold', async () => {
  const summary = join(folder, 'summary.md')
  vi.stubEnv('GITHUB_STEP_SUMMARY', summary)
  const github = [{ name: 'github', file: join(folder, 'log') }] as const
  await writeOutputs(savedReport('duplicate'), github, OPTIONS, saves, REDACTED)
  expect(readFileSync(summary, 'utf8')).not.toMatch(/2 errors/)
  expect(saves.complaints).toEqual([])
})

it('where that report is not known, there is no step summary, and that is told', async () => {
  const summary = join(folder, 'summary.md')
  vi.stubEnv('GITHUB_STEP_SUMMARY', summary)
  vi.spyOn(process.stdout, 'write').mockImplementation(heard([]))
  const github = [{ name: 'github', file: null }] as const
  await writeOutputs(savedReport('duplicate'), github, OPTIONS, saves, unknown('--redact', 'it has another shape', ''))
  expect(existsSync(summary)).toBe(false)
  expect(saves.complaints).toEqual([expect.stringMatching(/another shape.*GITHUB_STEP_SUMMARY/)])
})

it('what no file takes is printed as the file was to hold it', async () => {
  const printed: string[] = []
  vi.spyOn(process.stdout, 'write').mockImplementation(heard(printed))
  const target = [{ name: 'markdown', file: join(folder, 'missing', 'report.md') }] as const
  await writeOutputs(savedReport('duplicate'), target, OPTIONS, saves, REDACTED)
  expect(printed.join('')).toMatch(/^## /)
  expect(printed.join('')).not.toMatch(/2 errors/)
})

/** Takes what is written to stdout. */
function heard(all: string[]): typeof process.stdout.write {
  return (chunk: unknown, encoding?: unknown, done?: unknown) => {
    all.push(String(chunk))
    for (const call of [encoding, done]) if (typeof call === 'function') call()
    return true
  }
}
