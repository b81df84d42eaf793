import { afterEach, describe, expect, it } from 'vitest'
import { snapshotFromFiles } from '../../src/cluster/manifests.js'
import type { ClusterSnapshot } from '../../src/cluster/model.js'
import type { StoredBaseline } from '../../src/facts/baseline.js'
import { CannotLook } from '../../src/known.js'
import { reportSchema } from '../../src/report/report.js'
import { type AuditClusterAdapters, auditCluster } from '../../src/workflows/audit-cluster.js'
import type { BaselineStore } from '../../src/workflows/vip-baseline.js'
import { ApiFixture, OBSERVED_AT, objectsOf, THREE_NODES } from '../cluster/api-fixture.js'
import type { KubeObject } from '../cluster/api-selectors.js'
import { RESOURCE_PATHS } from '../cluster/api-server.js'

const REQUEST = {
  question: { vips: [], expectedMacs: [], own: { macs: [], ips: [] }, probed: false },
  suppressions: [],
}
const NEVER = new AbortController().signal

function adapters(readCluster: () => Promise<ClusterSnapshot>, more: Partial<AuditClusterAdapters> = {}) {
  const given = { save: null, baseline: null, owners: [], present: async () => {} }
  return { readCluster, ...given, now: () => OBSERVED_AT, version: '0.0.0', ...more }
}

function fromFile(objects: readonly KubeObject[]) {
  return async () => {
    const text = objects.map((object) => JSON.stringify(object)).join('\n')
    return snapshotFromFiles([{ name: 'cluster.json', text }], OBSERVED_AT)
  }
}

let fixture: ApiFixture | null = null
afterEach(async () => {
  await fixture?.stop()
  fixture = null
})

describe('audit-cluster', () => {
  it('lists every VIP with its Service and the node that should answer', async () => {
    const report = await auditCluster(REQUEST, adapters(fromFile(objectsOf(THREE_NODES))), NEVER)
    expect(reportSchema.parse(report)).toEqual(report)
    expect(report.addresses.map(({ ip, service, expected }) => [ip, service, expected])).toEqual([
      ['10.77.0.5', null, { node: 'cp-1', from: 'kube-vip lease' }],
      ['10.77.0.240', 'default/web', { node: 'node-c', from: 'metallb election' }],
      ['10.77.0.241', 'shop/api', { node: 'node-b', from: 'metallb election' }],
    ])
  })

  it('gives byte-identical reports of the API and of files, faults included', async () => {
    const broken = objectsOf(THREE_NODES).map(withoutAdvertisement)
    fixture = new ApiFixture()
    await fixture.start(broken)
    for (const path of RESOURCE_PATHS) fixture.server.install(path)
    const live = await auditCluster(
      REQUEST,
      adapters(() => fixture!.read()),
      NEVER,
    )
    const file = await auditCluster(REQUEST, adapters(fromFile(fixture.server.dump())), NEVER)
    expect(JSON.stringify(file)).toBe(JSON.stringify(live))
    expect(file.gaps).toEqual([])
    expect(live.findings.map(({ rule }) => rule)).toContain('metallb/l2advertisement-missing')
  })

  it('is inconclusive, with the reason, when there is no cluster to look at', async () => {
    const gap = { subject: 'API server https://x', reason: 'connect ECONNREFUSED', hint: 'try kubectl' }
    const report = await auditCluster(
      REQUEST,
      adapters(() => Promise.reject(new CannotLook(gap))),
      NEVER,
    )
    expect(report).toMatchObject({ verdict: 'inconclusive', gaps: [gap], addresses: [] })
  })

  it('is inconclusive when Services are unknown', async () => {
    const nodes = objectsOf(THREE_NODES).filter(({ kind }) => kind === 'Node')
    const report = await auditCluster(REQUEST, adapters(fromFile(nodes)), NEVER)
    expect(report.verdict).toBe('inconclusive')
  })
})

describe('the baseline', () => {
  function memory(): BaselineStore & { stored: StoredBaseline | null } {
    return {
      name: 'baseline.json',
      stored: null,
      async read() {
        return this.stored
      },
      async write(baseline) {
        this.stored = baseline
      },
    }
  }

  it('keeps the bindings of this run for the next', async () => {
    const baseline = memory()
    await auditCluster(REQUEST, adapters(fromFile(objectsOf(THREE_NODES)), { baseline }), NEVER)
    expect(baseline.stored).toEqual({
      at: OBSERVED_AT.toISOString(),
      bindings: [
        { service: 'default/web', ips: ['10.77.0.240'], nodes: { '10.77.0.240': 'node-c' }, announcers: ['metallb'] },
        { service: 'shop/api', ips: ['10.77.0.241'], nodes: { '10.77.0.241': 'node-b' }, announcers: ['metallb'] },
      ],
    })
  })

  it('is not overwritten by a run that could not look', async () => {
    const baseline = memory()
    const gap = { subject: 'API', reason: 'down', hint: '' }
    await auditCluster(
      REQUEST,
      adapters(() => Promise.reject(new CannotLook(gap)), { baseline }),
      NEVER,
    )
    await auditCluster(
      REQUEST,
      adapters(fromFile(objectsOf(THREE_NODES).filter(({ kind }) => kind === 'Node')), { baseline }),
      NEVER,
    )
    expect(baseline.stored).toBeNull()
  })
})

it('ticks no address whose announcer is unknown, and has a gap where there is no other', async () => {
  const objects = objectsOf(THREE_NODES)
  const unknown = objects.filter(({ kind }) => !['DaemonSet', 'Deployment', 'Pod'].includes(String(kind)))
  const mixed = await auditCluster(REQUEST, adapters(fromFile([...objects, foreignService()])), NEVER)
  expect(mixed.addresses.find(({ ip }) => ip === '10.77.9.9')).toMatchObject({ verdict: 'inconclusive' })
  expect(mixed.addresses.find(({ ip }) => ip === '10.77.0.240')).toMatchObject({ verdict: 'healthy' })
  expect(mixed.verdict).toBe('healthy')
  const kinds = { apiVersion: 'v1', kind: 'List', items: [] }
  const empty = ['apps/v1 DaemonSetList', 'apps/v1 DeploymentList', 'v1 PodList'].map((kind) => ({
    ...kinds,
    ...of(kind),
  }))
  const alone = await auditCluster(REQUEST, adapters(fromFile([...unknown, ...empty])), NEVER)
  const reason = expect.stringContaining('no announcer that l2doctor knows')
  expect(alone.gaps).toContainEqual(expect.objectContaining({ reason }))
  expect(mixed.gaps).not.toContainEqual(expect.objectContaining({ reason }))
})

function of(text: string) {
  const [apiVersion = '', kind = ''] = text.split(' ')
  return { apiVersion, kind }
}

/** A load balancer that l2doctor does not know has given it its address. */
function foreignService(): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'foreign', namespace: 'shop' },
    spec: { type: 'LoadBalancer', loadBalancerClass: 'example.com/box' },
    status: { loadBalancer: { ingress: [{ ip: '10.77.9.9' }] } },
  }
}

function withoutAdvertisement(object: KubeObject): KubeObject {
  return object['kind'] === 'L2Advertisement' ? { ...object, spec: { ipAddressPools: ['other'] } } : object
}
