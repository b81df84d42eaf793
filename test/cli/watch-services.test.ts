import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { followCluster } from '../../src/cli/compose-watch-cluster.js'
import { watchMetrics } from '../../src/metrics/registry.js'

const LINE = /^status: \{loadBalancer: \{ingress: \[\{ip: 10\.77\.0\.240.*$/m

it('counts that a Service lost its address, as long as there is the Service', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'l2d-services-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'cluster.yaml')
  const text = readFileSync('fixtures/clusters/metallb-three-nodes/cluster.yaml', 'utf8')
  expect(text).toMatch(LINE)
  writeFileSync(file, text)
  const metrics = watchMetrics('1')
  const flags = { 'cluster-from': [file], 'kube-timeout': 10 }
  const { signal } = new AbortController()
  const cluster = await followCluster(flags, { exporting: metrics, history: null, tell: () => {} }, signal)
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
