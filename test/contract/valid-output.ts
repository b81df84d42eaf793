import { spawnSync } from 'node:child_process'
import { expect } from 'vitest'
import { parseReport } from '../lab/scan-scenario.js'

/** Every `--output` of the contract. */
export const OUTPUTS = ['pretty', 'json', 'junit', 'github', 'sarif', 'markdown', 'html'] as const
type Output = (typeof OUTPUTS)[number]

const CHECKS: Record<Output, (text: string) => void> = {
  pretty: (text) => {
    expect(text).toMatch(/\S/)
    expect(text).not.toContain('\u001b')
  },
  json: (text) => void parseReport(text),
  junit: expectXml,
  // a line that starts with :: is a workflow command to GitHub, and must be one it knows; others are log text
  github: (text) =>
    expect(text.split('\n').filter((line) => /^::(?!(error|warning|notice)( [^:]*)?::\S)/.test(line))).toEqual([]),
  sarif: expectSarif,
  markdown: (text) => expect(text).toMatch(/^#+ \S/),
  html: (text) => expect(text).toMatch(/^<!doctype html>\n<html lang="en">[\s\S]*<\/html>\n$/),
}

/** Fails unless stdout is a whole document of the output's format. */
export function expectValid(output: Output, text: string): void {
  CHECKS[output](text)
}

function expectXml(text: string): void {
  const parse = 'import sys, xml.etree.ElementTree as e; print(e.fromstring(sys.stdin.buffer.read()).tag)'
  const { stdout, stderr } = spawnSync('python3', ['-c', parse], { input: text, encoding: 'utf8' })
  expect(stdout.trim(), stderr).toMatch(/^testsuites?$/)
}

function expectSarif(text: string): void {
  const log = JSON.parse(text)
  expect(log.version).toBe('2.1.0')
  expect(log.runs[0].tool.driver.name).toBe('l2doctor')
  for (const result of log.runs[0].results) {
    expect(result).toMatchObject({ ruleId: expect.any(String), message: { text: expect.any(String) } })
    for (const { physicalLocation } of result.locations ?? []) {
      expect(physicalLocation?.artifactLocation?.uri ?? '').not.toMatch(/^([a-z]+:|\/)/)
    }
  }
}
