import { describe, expect, it } from 'vitest'
import { announcers } from '../../../src/cluster/announcers/registry.js'
import { narrowTo, viewCluster } from '../../../src/facts/cluster-view.js'
import { clusterOf } from '../read-yaml.js'

const METALLB = `
{"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"namespace":"metallb-system","name":"speaker"},"spec":{"template":{"spec":{"containers":[{"name":"speaker","image":"quay.io/metallb/speaker:v0.15.2","env":[{"name":"METALLB_ML_BIND_ADDR","value":"x"},{"name":"METALLB_ML_LABELS","value":"app=metallb"}]}]}}}}
{"apiVersion":"metallb.io/v1beta1","kind":"IPAddressPool","metadata":{"namespace":"metallb-system","name":"lan"},"spec":{"addresses":["10.50.0.0/16"]}}
{"apiVersion":"metallb.io/v1beta1","kind":"L2Advertisement","metadata":{"namespace":"metallb-system","name":"lan"},"spec":{}}`

/** A cluster whose elections would cost nodes × services hashes. */
function cluster(nodes: number, services: number) {
  const lines = [
    METALLB.trim(),
    ...Array.from({ length: nodes }, (_, n) =>
      JSON.stringify({ apiVersion: 'v1', kind: 'Node', metadata: { name: `n${n}` } }),
    ),
    ...Array.from({ length: services }, (_, n) => service(n))
      .flat()
      .map((object) => JSON.stringify(object)),
  ]
  return clusterOf(lines.join('\n'))
}

function service(n: number): object[] {
  const metadata = { namespace: 'default', name: `s${n}` }
  const ingress = [{ ip: `10.50.${n >> 8}.${n & 255}` }]
  const endpoints = [{ nodeName: 'n1', conditions: { ready: true } }]
  const labels = { 'kubernetes.io/service-name': `s${n}` }
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { type: 'LoadBalancer' },
      status: { loadBalancer: { ingress } },
    },
    { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { ...metadata, labels }, endpoints },
  ]
}

describe('the budget of elections', () => {
  const large = cluster(1000, 600)

  it('leaves elections out beyond half a million hashes, and says how many', () => {
    const { announcers: views, expected } = viewCluster(large, announcers)
    expect([...expected.values()].filter(({ nodes }) => nodes.length > 0)).toHaveLength(500)
    expect(views.flatMap(({ gaps }) => gaps.map(({ subject }) => subject))).toContain(
      'metallb: election of 100 Services',
    )
  })

  it('is no matter for a few addresses', () => {
    const { expected } = viewCluster(narrowTo(['10.50.2.87', '10.50.0.3'], large), announcers)
    expect([...expected.values()].map(({ ip, nodes }) => [ip, nodes.length])).toEqual([
      ['10.50.0.3', 1],
      ['10.50.2.87', 1],
    ])
  })
})
