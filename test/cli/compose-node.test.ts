import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AuditNodeFlagValues, hostReader, targetReader } from '../../src/cli/compose-node.js'

const FLAGS: AuditNodeFlagValues = {
  'all-nodes': false,
  'address-type': 'InternalIP',
  local: false,
  'connect-timeout': 1,
  timeout: 20,
  concurrency: 4,
  become: false,
  redact: false,
  'kube-timeout': 1,
}
const NODES = `
kind: Node
apiVersion: v1
metadata: {name: node-a}
status: {addresses: [{type: InternalIP, address: 10.0.0.11}, {type: ExternalIP, address: 192.0.2.11}]}
---
kind: Node
apiVersion: v1
metadata: {name: node-b}
status: {addresses: [{type: InternalIP, address: 10.0.0.12}]}
`
const silent = () => undefined
const never = new AbortController().signal

describe('which hosts are read', () => {
  let folder = ''
  const path = process.env['PATH']
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'l2d-ssh-'))
    const refuses = `#!/bin/sh\necho "$@" >>${folder}/asked\necho "Connection refused" >&2\nexit 255\n`
    writeFileSync(join(folder, 'ssh'), refuses, { mode: 0o755 })
    writeFileSync(join(folder, 'nodes.yaml'), NODES)
    process.env['PATH'] = `${folder}:${path}`
  })
  afterEach(() => {
    process.env['PATH'] = path
    rmSync(folder, { recursive: true })
  })
  const asked = () =>
    readFileSync(join(folder, 'asked'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' -- ')[1])
      .sort()

  it('those of the command line and of the file, each once and in order', async () => {
    const file = join(folder, 'hosts')
    writeFileSync(file, 'node-c\nnode-a\n')
    const notes: string[] = []
    const read = hostReader(['node-a', 'node-b'], { ...FLAGS, 'hosts-file': file }, (text) => notes.push(text))
    const records = await read(never)
    expect(records.map(({ name, failure }) => [name, failure?.reason])).toEqual(
      ['node-a', 'node-b', 'node-c'].map((name) => [name, 'it refused the connection ("Connection refused")']),
    )
    expect(notes.at(-1)).toMatch(/^\[3\/3\] node-/)
    expect(asked()).toEqual(['node-a sh -s', 'node-b sh -s', 'node-c sh -s'])
  })

  it.each([
    ['InternalIP', ['10.0.0.11 sh -s', '10.0.0.12 sh -s']],
    ['ExternalIP', ['192.0.2.11 sh -s', 'node-b sh -s']],
    ['Hostname', ['node-a sh -s', 'node-b sh -s']],
  ] as const)('the nodes of the cluster by %s, or by name', async (type, expected) => {
    const cluster = { 'cluster-from': [join(folder, 'nodes.yaml')] }
    const records = await hostReader(
      [],
      { ...FLAGS, ...cluster, 'all-nodes': true, 'address-type': type },
      silent,
    )(never)
    expect(records.map(({ name }) => name)).toEqual(['node-a', 'node-b'])
    expect(asked()).toEqual([...expected].sort())
  })

  it('no node whose name ssh would not take for a host', async () => {
    const names = ['-oProxyCommand=touch x', '--all', 'a$(id)', '"a\\nb"']
    const nodes = names.map((name) => `---\nkind: Node\napiVersion: v1\nmetadata: {name: ${name}}\n`)
    writeFileSync(join(folder, 'hostile.yaml'), NODES + nodes.join(''))
    const flags = { ...FLAGS, 'cluster-from': [join(folder, 'hostile.yaml')], 'all-nodes': true }
    const records = await hostReader([], flags, silent)(never)
    expect(records).toHaveLength(6)
    const refused = records.filter(({ failure }) => failure?.reason === 'its name is not one that ssh may be given')
    expect(refused).toHaveLength(4)
    expect(asked()).toEqual(['10.0.0.11 sh -s', '10.0.0.12 sh -s'])
    const live = await targetReader(flags, silent)(
      refused.map(({ name, address }) => ({ name, address })),
      never,
    )
    expect(live.map(({ failure }) => failure?.reason)).toEqual(refused.map(({ failure }) => failure?.reason))
  })

  it('a cluster that cannot be read is one gap', async () => {
    const cluster = { 'cluster-from': [join(folder, 'absent.yaml')] }
    const [record, ...more] = await hostReader([], { ...FLAGS, ...cluster, 'all-nodes': true }, silent)(never)
    expect(more).toEqual([])
    expect(record).toMatchObject({ probes: {}, failure: { subject: join(folder, 'absent.yaml') } })
  })

  it('none after an interruption', async () => {
    const records = await hostReader(['node-a'], FLAGS, silent)(AbortSignal.abort())
    expect(records).toMatchObject([{ failure: { reason: 'interrupted before it was asked' } }])
  })

  it('nothing named, or both saved and live, is a wrong command line', () => {
    expect(() => hostReader([], FLAGS, silent)).toThrow('no host named')
    expect(() => hostReader(['node-a'], { ...FLAGS, from: ['audit'] }, silent)).toThrow('--from judges saved hosts')
  })
})
