import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bundleAdapters } from '../../src/cli/compose-diagnose.js'
import { CannotLook } from '../../src/known.js'
import { diagnose } from '../../src/workflows/diagnose.js'
import type { DiagnoseAdapters } from '../../src/workflows/diagnose-request.js'
import { readAgents } from '../rules/fact-files.js'
import { caseBundle } from './case-bundle.js'

const SILENT = 'fixtures/rules/announcer/silent-node/fires-speaker-silent'
const SAID = readAgents(
  readFileSync('fixtures/rules/announcer/silent-node/fires-requests-not-heard/agents.txt', 'utf8'),
)

type ReadAgents = NonNullable<DiagnoseAdapters['readAgents']>

/** A diagnosis of a folder of fixtures with somebody to ask the agents. */
async function diagnosed(folder: string, readAgents: ReadAgents) {
  const { request, adapters } = await bundleAdapters(caseBundle(folder), '0.0.0')
  const never = new AbortController().signal
  return diagnose({ ...request, suppressions: [] }, { ...adapters, readAgents }, never)
}

describe('the agents of the announcers', () => {
  it('are asked on the nodes that may announce an address that nobody answers for', async () => {
    const asked: string[] = []
    const report = await diagnosed(SILENT, async (nodes) => {
      asked.push(...nodes)
      return { states: SAID, gaps: [] }
    })
    expect(asked).toContain('node-c')
    const [found] = report.findings.filter(({ rule }) => rule === 'announcer/silent-node')
    expect([found?.certainty, found?.message]).toEqual([
      'likely',
      expect.stringContaining('has counted no request for it'),
    ])
  })

  it('are left alone where somebody answers', async () => {
    const report = await diagnosed('fixtures/rules/announcer/silent-node/clean-answers', async () => {
      throw new Error('nobody should be asked')
    })
    expect(report.findings.filter(({ rule }) => rule === 'announcer/silent-node')).toEqual([])
  })

  it('that cannot be asked are a gap that decides nothing', async () => {
    const gap = { subject: 'metrics of MetalLB speakers', reason: 'no connection', hint: '' }
    const report = await diagnosed(SILENT, async () => {
      throw new CannotLook(gap)
    })
    expect(report.gaps.filter(({ subject }) => subject === gap.subject)).toEqual([{ ...gap, decisive: false }])
  })
})
