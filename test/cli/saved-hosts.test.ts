import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { composeDiagnose, type DiagnoseFlagValues } from '../../src/cli/compose-diagnose.js'
import { Saves } from '../../src/cli/saves.js'
import { writeSnapshot } from '../../src/node/snapshot.js'
import { traceToPcap } from '../trace.js'

const folder = await mkdtemp(join(tmpdir(), 'l2doctor-saved-'))
afterAll(() => rm(folder, { recursive: true }))
const capture = join(folder, 'x.pcap')
writeFileSync(capture, traceToPcap('0 ask 01/10.0.0.1 -> 10.0.0.240'))
for (const name of ['node-a', 'node-b']) {
  const record = { name, address: name, probes: {}, failure: null }
  writeFileSync(join(folder, `${name}.json`), writeSnapshot(record as Parameters<typeof writeSnapshot>[0]))
}

async function composed(flags: Partial<DiagnoseFlagValues>) {
  const { signal } = new AbortController()
  const given = {
    vip: ['10.0.0.240'],
    read: capture,
    hosts: true,
    'all-nodes': false,
    all: false,
    kube: false,
    timeout: 9,
  }
  const files = ['node-a', 'node-b'].map((name) => join(folder, `${name}.json`))
  const values = { ...given, 'nodes-from': files, ...flags } as unknown as DiagnoseFlagValues
  return composeDiagnose(values, '0.0.0', () => {}, new Saves(signal), signal)
}

it('means all saved hosts where neither the operator nor a cluster names any', async () => {
  const { request, adapters } = await composed({})
  expect(request.hosts).toEqual(['node-a', 'node-b'])
  const targets = request.hosts.map((name) => ({ name, address: name }))
  const read = await adapters.readHosts?.(targets, new AbortController().signal)
  expect(read?.map(({ name }) => name)).toEqual(['node-a', 'node-b'])
})

it('means those that are named, and none with --no-hosts', async () => {
  expect((await composed({ host: ['node-b'] })).request.hosts).toEqual(['node-b'])
  const { request, adapters } = await composed({ hosts: false })
  expect([request.hosts, adapters.readHosts]).toEqual([[], null])
})
