import { describe, expect, it } from 'vitest'
import type { Announcer } from '../../../src/cluster/announcers/announcer.js'
import { announcers } from '../../../src/cluster/announcers/registry.js'
import { snapshotFromFiles } from '../../../src/cluster/manifests.js'
import type { ClusterSnapshot } from '../../../src/cluster/model.js'

/** Everybody who may write a Service chooses how many there are: twice the objects may cost twice the work, not four times. */
const SMALL = 120

describe('work on a cluster grows with its objects', () => {
  it.each(announcers.map((announcer): [string, Announcer] => [announcer.name, announcer]))('%s', (_, announcer) => {
    const work = (size: number) => {
      const counter = { looks: 0 }
      const cluster = counted(crowdedCluster(size), counter)
      announcer.detect(cluster)
      announcer.vips(cluster, { version: null, object: '' })
      return counter.looks
    }
    expect(work(2 * SMALL)).toBeLessThanOrEqual(2.5 * work(SMALL) + 200)
  })
})

/** The snapshot with its lists counting how often one of their items is looked at. */
function counted(cluster: ClusterSnapshot, counter: { looks: number }): ClusterSnapshot {
  const kinds = Object.entries(cluster).map(([name, kind]) => {
    if (typeof kind !== 'object' || kind === null || !('known' in kind) || !kind.known) return [name, kind]
    return [name, { ...kind, value: countedList(kind.value, counter) }]
  })
  return Object.fromEntries(kinds)
}

function countedList<T extends object>(list: T, counter: { looks: number }): T {
  return new Proxy(list, {
    get(target, key, receiver) {
      if (typeof key === 'string' && /^\d+$/.test(key)) counter.looks += 1
      return Reflect.get(target, key, receiver)
    },
  })
}

function crowdedCluster(size: number): ClusterSnapshot {
  const times = <T>(make: (at: number) => T) => Array.from({ length: size }, (_, at) => make(at))
  const items = [
    daemonSet('kube-vip', 'ghcr.io/kube-vip/kube-vip:v0.8.0', {
      vip_arp: 'true',
      svc_enable: 'true',
      svc_election: 'true',
    }),
    daemonSet('lbnodeagent', 'registry/purelb/lbnodeagent:v0.8.0', {}),
    daemonSet('openelb-speaker', 'kubesphere/openelb-speaker:v0.6.0', {}),
    ...times((at) => ({ ...daemonSet(`svclb-s${at}-0a1b2c3d`, 'rancher/klipper-lb:v0.4.9', {}) })),
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: 'kube-system', name: 'cilium-config' },
      data: { 'enable-l2-announcements': 'true' },
    },
    ...times(node),
    ...times(service),
    ...times((at) => lease(`cilium-l2announce-kube-system-s${at}`)),
    ...times((at) => lease(`kubevip-s${at}`)),
  ]
  return snapshotFromFiles(
    [{ name: 'crowd', text: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) }],
    new Date(0),
  )
}

function daemonSet(name: string, image: string, env: Record<string, string>) {
  const variables = Object.entries(env).map(([name, value]) => ({ name, value }))
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { namespace: 'kube-system', name },
    spec: { template: { spec: { containers: [{ name: 'main', image, env: variables }] } } },
  }
}

function node(at: number) {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: `n${at}` },
    status: { addresses: [{ type: 'InternalIP', address: ip(at) }] },
  }
}

function service(at: number) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: 'kube-system', name: `s${at}`, annotations: { 'purelb.io/allocated-by': 'PureLB' } },
    spec: { type: 'LoadBalancer' },
    status: { loadBalancer: { ingress: [{ ip: ip(at) }] } },
  }
}

function lease(name: string) {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { namespace: 'kube-system', name },
    spec: { holderIdentity: 'n0' },
  }
}

function ip(at: number): string {
  return `10.0.${at >> 8}.${at & 255}`
}
