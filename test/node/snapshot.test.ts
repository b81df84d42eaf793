import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { nodeSnapshotJsonSchema, readSnapshot, snapshotFileNames, writeSnapshot } from '../../src/node/snapshot.js'
import { loadSnapshots, saveSnapshots } from '../../src/node/snapshot-files.js'
import { recording } from './recorded.js'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'l2d-snapshot-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const SCHEMA = 'docs/node-snapshot.schema.json'
const failure = { subject: 'node-z', reason: 'it refused the connection', hint: '' }
const dead = { name: 'node-z', address: '10.0.0.9', probes: {}, failure }

describe('snapshots', () => {
  it('come back as they were saved, failures included, in the order of their names', async () => {
    await saveSnapshots(folder, [dead, recording('debian-12')])
    expect(await loadSnapshots([folder])).toEqual([recording('debian-12'), dead])
    expect(statSync(join(folder, 'node-a.json')).mode & 0o777).toBe(0o600)
  })

  it('are of the published schema, which is the one in the code', () => {
    const schema = nodeSnapshotJsonSchema()
    if (process.env['UPDATE_FIXTURES']) writeFileSync(SCHEMA, `${JSON.stringify(schema, null, 2)}\n`)
    expect(JSON.parse(readFileSync(SCHEMA, 'utf8'))).toEqual(schema)
    const valid = new Ajv2020().compile(schema)
    for (const record of [dead, recording('busybox-1.35')]) expect(valid(JSON.parse(writeSnapshot(record)))).toBe(true)
  })

  it.each(['', '{', '[]', '{"format":"l2doctor-node-snapshot","version":2}', '{"format":"other"}'])(
    '%j is none',
    (text) => {
      expect(readSnapshot(text)).toHaveProperty('wrong')
    },
  )

  it('that cannot be read are failures of their own', async () => {
    const absent = join(folder, 'absent.json')
    expect(await loadSnapshots([absent])).toMatchObject([{ probes: {}, failure: { subject: absent } }])
    expect(await loadSnapshots([folder])).toMatchObject([{ probes: {}, failure: { subject: folder } }])
  })

  it('get file names that stay inside the directory, each its own', () => {
    expect(snapshotFileNames(['../../etc/passwd', 'node-a', 'admin@node-a', 'node-a'])).toEqual([
      '__.._etc_passwd.json',
      'node-a.json',
      'admin@node-a.json',
      'node-a-2.json',
    ])
  })
})
