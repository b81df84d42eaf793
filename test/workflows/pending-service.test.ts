import { describe, expect, it } from 'vitest'
import { announcers } from '../../src/cluster/announcers/registry.js'
import { type ClusterView, viewCluster } from '../../src/facts/cluster-view.js'
import { formatIp } from '../../src/wire/ip.js'
import { whyNoVip } from '../../src/workflows/pending-service.js'
import { vipsOfService } from '../../src/workflows/scan-vips.js'
import { clusterOf } from '../cluster/read-yaml.js'

const SPEAKER = `
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: speaker, namespace: metallb-system}
spec: {template: {spec: {containers: [{name: speaker, image: "quay.io/metallb/speaker:v0.15.2"}]}}}
---
apiVersion: v1
kind: Node
metadata: {name: node-a}
`

/** A Service in the namespace shop, made a month before the cluster was read. */
function view(spec: string, annotations = '{}'): ClusterView {
  const service = `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop, creationTimestamp: "2025-12-01T00:00:00Z", annotations: ${annotations}}
spec: ${spec}
status: {loadBalancer: {}}
`
  return viewCluster(clusterOf(`${SPEAKER}---${service}`), announcers)
}

describe('why a Service that was named has no VIP', () => {
  it('says that it is pending, since when, and why', () => {
    const gap = whyNoVip(view('{type: LoadBalancer, loadBalancerClass: example.com/box}'), 'shop/web')
    expect(gap?.reason).toMatch(/^pending: .*2025-12-01T00:00:00.*class example\.com\/box/)
  })

  it('says so also where no rule says a word', () => {
    expect(whyNoVip(view('{type: LoadBalancer}'), 'shop/web')?.reason).toMatch(/^pending: .*made at 2025-12-01/)
  })

  it('knows nothing of a Service that asks for no VIP', () => {
    expect(whyNoVip(view('{type: ClusterIP}'), 'shop/web')).toBeNull()
    expect(whyNoVip(view('{type: LoadBalancer}'), 'shop/wep')).toBeNull()
  })
})

it('asks for the addresses that a pending Service wants', () => {
  const pinned = view('{type: LoadBalancer}', '{metallb.io/loadBalancerIPs: "10.0.0.240"}')
  expect(vipsOfService(pinned, 'shop/web').map(formatIp)).toEqual(['10.0.0.240'])
})
