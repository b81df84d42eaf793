import { expect } from 'vitest'
import { execute } from '../collect.js'
import { itUnderOtherNodes } from '../other-nodes.js'

/** Rooms that lean on what Node itself has: bytes, WebAssembly, child processes, streams. */
const ROOMS = ['wire', 'observe', 'probe', 'capture', 'cli'].map((room) => `test/${room}`)

itUnderOtherNodes(
  (major) => `the unit tests of these rooms hold under Node ${major}`,
  async (node) => {
    const argv = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit', '--reporter=json', ...ROOMS]
    const { code, stdout, stderr } = await execute([node, ...argv])
    const { testResults, numPassedTests } = JSON.parse(stdout)
    const names: string[] = testResults.map(({ name }: { name: string }) => name)
    const failed = testResults.filter(({ status }: { status: string }) => status !== 'passed')
    expect([code, failed], stderr).toEqual([0, []])
    expect(ROOMS.filter((room) => !names.some((name) => name.includes(`/${room}/`)))).toEqual([])
    expect(numPassedTests).toBeGreaterThan(700)
  },
)
