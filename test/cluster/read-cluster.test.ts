import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { CLUSTER_KINDS } from '../../src/cluster/kinds.js'
import { connect } from '../../src/cluster/kubernetes.js'
import { snapshotFromFiles } from '../../src/cluster/manifests.js'
import type { ClusterKind, ClusterSnapshot } from '../../src/cluster/model.js'
import { readCluster } from '../../src/cluster/read-cluster.js'
import { CannotLook } from '../../src/known.js'
import { ApiFixture, OBSERVED_AT, objectsOf, shippedRules, THREE_NODES } from './api-fixture.js'
import type { KubeObject } from './api-selectors.js'
import { type RbacRule, RESOURCE_PATHS } from './api-server.js'
import { type Certificates, makeCertificates } from './certificates.js'
import { writeKubeconfig } from './kubeconfig.js'

const OPTIONS = { now: () => OBSERVED_AT, concurrency: 2, interrupted: new AbortController().signal }

let certificates: Certificates
let fixture: ApiFixture | null = null

beforeAll(() => {
  certificates = makeCertificates()
})

afterEach(async () => {
  await fixture?.stop()
  fixture = null
})

async function serve(objects: readonly KubeObject[], rules?: readonly RbacRule[]): Promise<ApiFixture> {
  fixture = new ApiFixture(rules, certificates)
  await fixture.start(objects)
  return fixture
}

function gapsOf(cluster: ClusterSnapshot) {
  return CLUSTER_KINDS.flatMap((kind) => {
    const items = cluster[kind]
    return items.known ? [] : [{ kind, ...items.gap }]
  })
}

function namesOf(cluster: ClusterSnapshot, kind: ClusterKind): string[] {
  const items = cluster[kind]
  return items.known ? items.value.map(({ name }) => name) : []
}

describe('reading a cluster', () => {
  it.each(['token', 'certificate', 'exec'])('logs in by %s and reads everything', async (user) => {
    const cluster = await (await serve(objectsOf(THREE_NODES))).read(user)
    expect(gapsOf(cluster)).toEqual([])
    expect(namesOf(cluster, 'nodes')).toEqual(['cp-1', 'node-a', 'node-b', 'node-c'])
    expect(namesOf(cluster, 'services')).toEqual(['web', 'api'])
    expect(namesOf(cluster, 'leases')).toEqual(['plndr-cp-lock'])
    expect(namesOf(cluster, 'configMaps')).toEqual(['kube-proxy'])
    expect(namesOf(cluster, 'pods')).toEqual(['kube-vip-cp-1', 'speaker-0', 'speaker-1', 'speaker-2', 'speaker-3'])
    expect(cluster.observedAt).toBe(OBSERVED_AT.toISOString())
  })

  it('takes custom resources that are not installed for "none"', async () => {
    const cluster = await (await serve(objectsOf(THREE_NODES))).read()
    expect(cluster.ciliumL2Policies).toMatchObject({ known: true, value: [] })
    expect(cluster.ciliumPools).toMatchObject({ known: true, value: [] })
  })

  it.each(['v1beta1', 'v1alpha1'])('reads AddressPools where %s is what there is', async (version) => {
    const metadata = { namespace: 'metallb-system', name: 'old' }
    const spec = { protocol: 'layer2', addresses: ['10.77.0.240/28'] }
    const pool = { apiVersion: `metallb.io/${version}`, kind: 'AddressPool', metadata, spec }
    const { addressPools } = await (await serve([...objectsOf(THREE_NODES), pool])).read()
    expect(addressPools).toMatchObject({ known: true, value: [{ ...metadata, ...spec }] })
  })

  it('gives the same value as the objects in files', async () => {
    const api = await serve(objectsOf(THREE_NODES))
    for (const path of RESOURCE_PATHS) api.server.install(path)
    const live = await api.read()
    const text = api.server
      .dump()
      .map((list) => JSON.stringify(list))
      .join('\n')
    const fromFile = snapshotFromFiles([{ name: 'cluster.json', text }], new Date(0))
    expect(withoutSource(fromFile)).toEqual(withoutSource(live))
  })

  it('follows continue tokens to the last page', async () => {
    const services = Array.from({ length: 1203 }, (_, index) => serviceNumber(index))
    const cluster = await (await serve(services)).read()
    expect(namesOf(cluster, 'services')).toHaveLength(1203)
    const pages = fixture!.server.requests.filter(({ url }) => url.startsWith('/api/v1/services'))
    expect(pages).toHaveLength(3)
    expect(pages.every(({ url }) => url.includes('limit=500'))).toBe(true)
  })

  it('starts a list anew that expired while it was read', async () => {
    const api = await serve(Array.from({ length: 700 }, (_, index) => serviceNumber(index)))
    api.server.fail('services', 'expires-once')
    expect(namesOf(await api.read(), 'services')).toHaveLength(700)
  })

  it('gives up on a list that always expires', async () => {
    const api = await serve(Array.from({ length: 700 }, (_, index) => serviceNumber(index)))
    api.server.fail('services', 'always-expires')
    expect(gapsOf(await api.read())).toMatchObject([{ kind: 'services', reason: expect.stringContaining('410') }])
  })

  it.each([
    ['never-answers', 'no whole answer within 2 s'],
    ['breaks-off', 'broke off'],
    ['not-json', 'not a list'],
    ['fails', '500 etcdserver: request timed out'],
  ] as const)('makes a gap of the one kind whose list %s', async (fault, reason) => {
    const api = await serve(objectsOf(THREE_NODES))
    api.server.fail('endpointslices', fault)
    const gaps = gapsOf(await api.read('token', 2000))
    expect(gaps).toMatchObject([
      { kind: 'endpointSlices', subject: 'endpointslices.discovery.k8s.io', reason: expect.stringContaining(reason) },
    ])
  })
})

describe('not being able to look', () => {
  it('says so when the credentials are refused', async () => {
    const api = await serve(objectsOf(THREE_NODES))
    await expect(api.read('stranger')).rejects.toThrow(CannotLook)
    await expect(api.read('stranger')).rejects.toThrow('Unauthorized (401)')
  })

  it('says so when nobody listens', async () => {
    const { path, remove } = writeKubeconfig('https://127.0.0.1:1', certificates.ca, { token: { token: 'x' } })
    const connection = await connect({ kubeconfig: path, context: null, timeoutMs: 1000 })
    remove()
    await expect(readCluster(connection, OPTIONS)).rejects.toThrow('ECONNREFUSED')
  })

  it('says so when the server is signed by another CA', async () => {
    const api = await serve(objectsOf(THREE_NODES))
    const { path, remove } = writeKubeconfig(api.url, makeCertificates().ca, { token: { token: 'secret-token' } })
    const connection = await connect({ kubeconfig: path, context: null, timeoutMs: 1000 })
    remove()
    await expect(readCluster(connection, OPTIONS)).rejects.toThrow('certificate')
  })

  it('names the contexts there are when the one asked for is not among them', async () => {
    const api = await serve([])
    await expect(connect({ kubeconfig: api.path, context: 'prod', timeoutMs: 1000 })).rejects.toThrow(
      'there is no such context; there are token, certificate',
    )
  })

  it('says so for a kubeconfig that is not there', async () => {
    await expect(connect({ kubeconfig: '/no/such/file', context: null, timeoutMs: 1000 })).rejects.toThrow(CannotLook)
  })
})

describe('least privilege', () => {
  it('reads everything with deploy/rbac.yaml alone, by lists alone, and never a Secret', async () => {
    const api = await serve(objectsOf(THREE_NODES), shippedRules())
    expect(gapsOf(await api.read('reader'))).toEqual([])
    expect(new Set(api.server.requests.map(({ method }) => method))).toEqual(new Set(['GET']))
    expect(api.server.requests.filter(({ url }) => /secrets|watch=/.test(url))).toEqual([])
  })

  it('asks for everything that deploy/rbac.yaml grants', async () => {
    const api = await serve(objectsOf(THREE_NODES), shippedRules())
    await api.read('reader')
    const asked = new Set(api.server.requests.map(({ url }) => new URL(url, 'https://x').pathname.split('/').at(-1)))
    const granted = shippedRules().flatMap(({ resources }) => resources)
    expect([...asked].sort()).toEqual([...granted].sort())
    const queries = api.server.requests.map(({ url }) => new URL(url, 'https://x').searchParams.get('fieldSelector'))
    const byName = queries.flatMap((query) => /^metadata\.name=(.*)$/.exec(query ?? '')?.[1] ?? [])
    expect(
      shippedRules()
        .flatMap(({ resourceNames }) => resourceNames ?? [])
        .sort(),
    ).toEqual([...new Set(byName)].sort())
  })

  it.each(shippedRules().flatMap((rule) => rule.resources.map((resource) => [resource, rule] as const)))(
    'makes a gap that names the grant when %s is not granted',
    async (resource, rule) => {
      const others = shippedRules().flatMap((other) => {
        const resources = other.resources.filter((name) => name !== resource)
        return resources.length > 0 ? [{ ...other, resources }] : []
      })
      const api = await serve(objectsOf(THREE_NODES), others)
      const gaps = gapsOf(await api.read('reader'))
      const group = rule.apiGroups[0] === '' ? 'the core API group' : `API group ${rule.apiGroups[0]}`
      expect(gaps[0]?.hint).toContain(`grant the verb list on ${resource} in ${group}`)
      // static pods are looked for node by node: they share the gap
      expect(new Set(gaps.map(({ reason }) => reason)).size).toBe(1)
    },
  )
})

describe('a refusal of many kinds', () => {
  const only = (resource: string) =>
    shippedRules().flatMap((rule) => (rule.resources.includes(resource) ? [{ ...rule, resources: [resource] }] : []))

  it('is one gap, the same for each of them, with the verb and the kinds', async () => {
    const api = await serve(objectsOf(THREE_NODES), only('nodes'))
    const cluster = await api.read('reader')
    expect(cluster.nodes.known).toBe(true)
    const gaps = new Set(CLUSTER_KINDS.flatMap((kind) => (cluster[kind].known ? [] : [cluster[kind].gap])))
    expect([...gaps]).toHaveLength(1)
    expect([...gaps][0]).toMatchObject({
      reason: expect.stringMatching(/refuses the verb list on .*leases\.coordination\.k8s\.io.*services.*403/),
      hint: 'grant it: deploy/rbac.yaml in the package of l2doctor is a role with all that it reads',
    })
  })

  it('of all kinds is no cluster at all', async () => {
    const api = await serve(objectsOf(THREE_NODES), [])
    await expect(api.read('reader')).rejects.toThrow(/refuses the verb list on .*nodes/)
  })
})

describe('a failure of many kinds', () => {
  const plurals = RESOURCE_PATHS.map((path) => path.split('/').at(-1)!)

  it('with the same words is one gap that names them', async () => {
    const api = await serve(objectsOf(THREE_NODES))
    for (const plural of ['services', 'leases']) api.server.fail(plural, 'fails')
    const gaps = new Set(gapsOf(await api.read()).map(({ kind: _, ...gap }) => JSON.stringify(gap)))
    expect([...gaps]).toEqual([
      expect.stringMatching(/answered 500 .*asked for leases\.coordination\.k8s\.io, services/),
    ])
  })

  it('of all kinds is no cluster at all', async () => {
    const api = await serve(objectsOf(THREE_NODES))
    for (const plural of [...plurals, 'pods', 'events', 'configmaps']) api.server.fail(plural, 'fails')
    await expect(api.read()).rejects.toThrow(/answered 500/)
  })
})

function serviceNumber(index: number): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: 'default', name: `service-${index}` },
    spec: { type: 'LoadBalancer' },
    status: { loadBalancer: { ingress: [{ ip: `10.1.${index >> 8}.${index & 255}` }] } },
  }
}

function withoutSource(cluster: ClusterSnapshot): unknown {
  return { ...cluster, source: '', ...Object.fromEntries(CLUSTER_KINDS.map((kind) => [kind, itemsOf(cluster, kind)])) }
}

function itemsOf(cluster: ClusterSnapshot, kind: ClusterKind): unknown {
  const items = cluster[kind]
  return items.known ? items.value : items.gap
}
