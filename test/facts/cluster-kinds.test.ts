import { describe, expect, it } from 'vitest'
import { announcers } from '../../src/cluster/announcers/registry.js'
import { snapshotFromFiles } from '../../src/cluster/manifests.js'
import { clusterDoubts, clusterGaps } from '../../src/facts/cluster-facts.js'
import { viewCluster } from '../../src/facts/cluster-view.js'
import { known } from '../../src/known.js'

const NODE = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n-a' } }
const SERVICE = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'default' }, spec: {} }
const EMPTY = [
  { apiVersion: 'apps/v1', kind: 'DaemonSetList', items: [] },
  { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSliceList', items: [] },
]
const speaker = (image: string) => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'speaker', namespace: 'metallb-system' },
  spec: { template: { spec: { containers: [{ name: 'speaker', image }] } } },
})

function look(...objects: object[]) {
  const text = objects.map((one) => JSON.stringify(one)).join('\n')
  const view = known(viewCluster(snapshotFromFiles([{ name: 'x.json', text }], new Date(0)), announcers), 'x.json')
  const subjects = (gaps: readonly { subject: string }[]) => gaps.map(({ subject }) => subject)
  return { gaps: subjects(clusterGaps(view)), doubts: subjects(clusterDoubts(view)) }
}

describe('the kinds of object that decide', () => {
  it('are nodes, services, slices and workloads in any cluster', () => {
    expect(look(NODE, SERVICE).doubts).toEqual(['endpointslices.discovery.k8s.io', 'daemonsets.apps,deployments.apps'])
    expect(look(SERVICE, ...EMPTY).doubts).toEqual(['nodes'])
  })

  it('are not those of announcers that are not there, which are no gap either', () => {
    const { gaps, doubts } = look(NODE, SERVICE, ...EMPTY)
    expect(doubts).toEqual([])
    expect(gaps.join()).not.toMatch(/metallb|cilium|purelb|kubesphere/)
  })

  it('are the pools, advertisements and pods of a MetalLB that is', () => {
    const { gaps, doubts } = look(NODE, SERVICE, ...EMPTY, speaker('quay.io/metallb/speaker:v0.15.2'))
    expect(doubts).toEqual(['ipaddresspools.metallb.io', 'l2advertisements.metallb.io', 'pods'])
    expect(gaps).toContain('bgpadvertisements.metallb.io')
    expect(gaps.join()).not.toMatch(/(^|,)(addresspools|configurationstates)|cilium|purelb|kubesphere/)
  })

  it('are the leases of a kube-vip that is', () => {
    const image = 'ghcr.io/kube-vip/kube-vip:v1.0.4'
    const env = [{ name: 'vip_arp', value: 'true' }]
    const spec = { template: { spec: { containers: [{ name: 'kube-vip', image, args: ['manager'], env }] } } }
    const metadata = { name: 'kube-vip-ds', namespace: 'kube-system' }
    const daemonSet = { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata, spec }
    expect(look(NODE, SERVICE, ...EMPTY, daemonSet).doubts).toEqual(['leases.coordination.k8s.io'])
  })

  it('leave out what a version does not read yet, or no more', () => {
    expect(look(NODE, SERVICE, ...EMPTY, speaker('quay.io/metallb/speaker:v0.13.12')).gaps).toContain(
      'addresspools.metallb.io',
    )
    expect(look(NODE, SERVICE, ...EMPTY, speaker('quay.io/metallb/speaker:v0.16.1')).gaps).toContain(
      'configurationstates.metallb.io',
    )
  })
})
