import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'
import type { HostSpec } from '../../src/lab/model.js'
import { buildSegment, type Done, type Segment } from '../../src/lab/segment.js'
import { ApiFixture } from '../cluster/api-fixture.js'
import type { KubeObject } from '../cluster/api-selectors.js'
import { type Level, StandInPodsApi } from '../cluster/stand-in/pods-api.js'
import { CLI } from './ssh-hosts.js'
import { StandInNode, type StandInNodeOptions } from './stand-in-node.js'

/** An image that has all that is needed; the stand-in "pulls" nothing. */
export const IMAGE = 'registry.example/l2doctor:0.1.0'

/** A segment of nodes, the stand-in API server beside it, and l2doctor on a machine that is not on the segment. */
export interface PodSite {
  readonly segment: Segment
  readonly api: StandInPodsApi
  readonly node: StandInNode
  readonly kubeconfig: string
  run(...argv: readonly string[]): Promise<Done>
  start(...argv: readonly string[]): ChildProcess
  remove(): Promise<void>
}

export interface PodSiteOptions extends Partial<Pick<StandInNodeOptions, 'images' | 'fates' | 'tools' | 'setup'>> {
  readonly levels?: Readonly<Record<string, Level>>
}

export async function buildPodSite(hosts: readonly HostSpec[], options: PodSiteOptions = {}): Promise<PodSite> {
  const segment = await buildSegment({ hosts })
  const node = new StandInNode({
    images: { [IMAGE]: ['perl', 'tcpdump'] },
    namespaceOf: (name) => segment.host(name).namespace,
    ...options,
  })
  const api = new StandInPodsApi(
    options.levels ?? { 'metallb-system': 'privileged', 'kube-system': 'privileged' },
    node,
  )
  const fixture = new ApiFixture(undefined, undefined, api.take)
  await fixture.start([...clusterObjects(), ...hosts.map(({ name }) => nodeObject(name))])
  const start: PodSite['start'] = (...argv) =>
    spawn(CLI[0]!, [...CLI.slice(1), ...argv], {
      env: { ...process.env, KUBECONFIG: fixture.path },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  return {
    segment,
    api,
    node,
    kubeconfig: fixture.path,
    start,
    run: (...argv) => ended(start(...argv)),
    async remove() {
      node.close()
      await fixture.stop()
      segment.remove()
    },
  }
}

export function ended(child: ChildProcess): Promise<Done> {
  let [stdout, stderr] = ['', '']
  child.stdout?.on('data', (text) => {
    stdout += text
  })
  child.stderr?.on('data', (text) => {
    stderr += text
  })
  return new Promise((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
}

/** MetalLB on three nodes; node-c should announce 10.77.0.240. */
function clusterObjects(): KubeObject[] {
  const text = readFileSync('fixtures/clusters/metallb-three-nodes/cluster.yaml', 'utf8')
  const documents = parseAllDocuments(text.replaceAll('address: 10.0.0.', 'address: 10.77.0.'))
  return documents.map((one) => one.toJS() as KubeObject)
}

/** A node that the cluster has beside those three. */
function nodeObject(name: string): KubeObject {
  const conditions = [{ type: 'Ready', status: name.includes('not-ready') ? 'Unknown' : 'True' }]
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: {} },
    spec: {},
    status: { addresses: [], conditions },
  }
}
