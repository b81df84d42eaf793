import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { baselineFile } from '../../src/cli/baseline-file.js'
import { UsageError } from '../../src/cli/exit-codes.js'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'l2d-baseline-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

const BASELINE = {
  at: '2026-03-01T12:00:00.000Z',
  bindings: [{ service: 'a/b', ips: ['10.0.0.1'], nodes: { '10.0.0.1': 'node-a' }, announcers: ['metallb'] }],
}

it('has nothing to say before the first run', async () => {
  expect(await baselineFile(join(dir, 'none.json')).read()).toBeNull()
})

it('reads what it wrote, and leaves no other file', async () => {
  const store = baselineFile(join(dir, 'vips.json'))
  await store.write(BASELINE)
  await store.write({ ...BASELINE, bindings: [] })
  expect(await store.read()).toEqual({ ...BASELINE, bindings: [], kind: 'l2doctor/Baseline', version: 1 })
  expect(readdirSync(dir)).toEqual(['vips.json'])
})

it.each(['{}', 'not json', '{"kind":"l2doctor/Baseline","version":2,"at":"x","bindings":[]}'])(
  'refuses %s',
  async (text) => {
    const file = join(dir, 'vips.json')
    writeFileSync(file, text)
    await expect(baselineFile(file).read()).rejects.toThrow(UsageError)
  },
)
