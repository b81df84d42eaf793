import { expect, it } from 'vitest'
import { announcers } from '../../src/cluster/announcers/registry.js'
import { narrowTo, viewCluster } from '../../src/facts/cluster-view.js'
import { parseIpv4 } from '../../src/wire/ipv4.js'
import { THREE_NODES } from '../cluster/api-fixture.js'
import { clusterOf, clusterOfFile } from '../cluster/read-yaml.js'

const ip = (text: string) => parseIpv4(text)!

it('knows every VIP of the cluster, also of a view that is narrowed to one', () => {
  const whole = clusterOfFile(THREE_NODES)
  const { serviceAddresses } = viewCluster(narrowTo(['10.77.0.240'], whole), announcers, whole)
  const vips = ['10.77.0.240', '10.77.0.241', '10.77.0.5'] // the last is kube-vip's, of no Service
  expect(vips.filter((vip) => !serviceAddresses.isVip(ip(vip)))).toEqual([])
  expect(['10.0.0.11', '10.77.0.249'].some((other) => serviceAddresses.isVip(ip(other)))).toBe(false)
  expect(['10.77.0.249', '10.0.0.11'].map((other) => serviceAddresses.isPooled(ip(other)))).toEqual([true, false])
})

const service = (spec: object, more: object = {}) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: 'default', name: 'web', ...more },
    spec: { type: 'LoadBalancer', ...spec },
  })
const node = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'node-a' },
  status: { addresses: [{ type: 'InternalIP', address: '10.77.0.11' }] },
})

it.each([
  ['an address asked for in the spec', service({ loadBalancerIP: '10.77.0.240' }), true],
  [
    'one of an annotation',
    service({}, { annotations: { 'kube-vip.io/loadbalancerIPs': '1.2.3.4, 10.77.0.240' } }),
    true,
  ],
  ['an external IP', service({ externalIPs: ['10.77.0.240'] }), true],
  ['another', service({ externalIPs: ['10.77.0.241'] }), false],
])('counts %s', (_, text, expected) => {
  expect(viewCluster(clusterOf(text), announcers).serviceAddresses.isVip(ip('10.77.0.240'))).toBe(expected)
})

it('leaves a node its own address though a Service lists it as an external IP', () => {
  const cluster = clusterOf(`${service({ externalIPs: ['10.77.0.11'] })}\n${node}`)
  expect(viewCluster(cluster, announcers).serviceAddresses.isVip(ip('10.77.0.11'))).toBe(false)
})
