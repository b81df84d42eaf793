import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { snapshotFromFiles } from '../../src/cluster/manifests.js'
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
        hint: 'add the output of: kubectl get leases.coordination.k8s.io -A -o yaml',
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

  it('come back as they were', () => {
    expect(read(formatSnapshot(cluster))).toEqual(cluster)
  })

  it('are refused when of another version, damaged, or beside other files', () => {
    const saved = formatSnapshot(cluster)
    expect(() => read(saved.replace('"version": 1', '"version": 99'))).toThrow(
      'its version is 99, this l2doctor reads 1',
    )
    expect(() => read(saved.replace('"unschedulable": false', '"unschedulable": "no"'))).toThrow('unschedulable')
    expect(() => read(saved, NODE)).toThrow('give it alone')
  })
})
