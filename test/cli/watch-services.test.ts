import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { readWatched } from '../../src/cli/compose-watch.js'
import { followCluster, watchedIn } from '../../src/cli/compose-watch-cluster.js'
import type { ClusterSnapshot } from '../../src/cluster/model.js'
import { unknown } from '../../src/known.js'
import { watchMetrics } from '../../src/metrics/registry.js'
import { formatIp } from '../../src/wire/ip.js'

const CLUSTER = 'fixtures/clusters/metallb-three-nodes/cluster.yaml'
const LINE = /^status: \{loadBalancer: \{ingress: \[\{ip: 10\.77\.0\.240.*$/m

const { signal } = new AbortController()

function fileOf(): string {
  const folder = mkdtempSync(join(tmpdir(), 'l2d-services-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return join(folder, 'cluster.yaml')
}

function following(file: string, exporting = watchMetrics('1')) {
  const flags = { 'cluster-from': [file], 'kube-timeout': 10 }
  return followCluster(flags, { exporting, history: null, tell: () => {} }, signal)
}

it('does not watch what BGP alone announces, where all that says so was read: nobody has to answer for it', async () => {
  const file = fileOf()
  const flags = {
    'cluster-from': [file],
    'kube-timeout': 10,
    rate: 10,
    interval: '',
    window: '',
    engine: 'auto',
  } as const
  const base = await readWatched(flags, [])
  const watched = async (now: string, more: Partial<ClusterSnapshot> = {}) => {
    writeFileSync(file, now)
    const cluster = await following(file)
    const view = { ...cluster.view, whole: { ...cluster.view.whole, ...more } }
    return (await watchedIn({ ...cluster, view }, base))(base).vips.map(formatIp)
  }
  const text = readFileSync(CLUSTER, 'utf8')
  const advertised = /^kind: L2Advertisement\nmetadata: .*\nspec: .*$/m
  const byBgp = text
    .replace(
      advertised,
      '$&\n---\napiVersion: metallb.io/v1beta1\nkind: BGPAdvertisement\nmetadata: {name: bgp, namespace: metallb-system}',
    )
    .replace('spec: {ipAddressPools: [lan]}', 'spec: {ipAddressPools: [other]}')
    .replaceAll(/^kind: ServiceL2Status\n.*\n.*\n/gm, 'kind: ConfigMap\nmetadata: {name: none, namespace: x}\n')
  expect(await watched(text)).toContain('10.77.0.241')
  expect(await watched(byBgp)).not.toContain('10.77.0.241')
  expect(await watched(byBgp, { l2Advertisements: unknown('l2advertisements', 'refused') })).toContain('10.77.0.241')
})

it('counts that a Service lost its address, as long as there is the Service', async () => {
  const file = fileOf()
  const text = readFileSync(CLUSTER, 'utf8')
  expect(text).toMatch(LINE)
  writeFileSync(file, text)
  const metrics = watchMetrics('1')
  const cluster = await following(file, metrics)
  const count = async () =>
    /_changes_total\{service_namespace="default",service="web"\} (\d+)/.exec(String(await metrics.body()))?.[1]
  expect(await count()).toBe('0')
  writeFileSync(file, text.replace(LINE, 'status: {loadBalancer: {}}'))
  await cluster.readAfresh(signal)
  expect(await count()).toBe('1')
  writeFileSync(file, text.replace(/^ {2}type: LoadBalancer$/gm, '  type: ClusterIP'))
  await cluster.readAfresh(signal)
  expect(await count()).toBe(undefined)
})
