import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Contest, holdElections } from '../../../../src/cluster/announcers/metallb/contests.js'
import { elect } from '../../../../src/cluster/announcers/metallb/election.js'
import { announcers } from '../../../../src/cluster/announcers/registry.js'
import { narrowTo, viewCluster } from '../../../../src/facts/cluster-view.js'
import { clusterOf } from '../../read-yaml.js'

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

describe('the elections of a whole cluster', () => {
  const large = cluster(1000, 600)

  it('are left out beyond half a million hashes, and counted', () => {
    const { announcers: views, expected } = viewCluster(large, announcers)
    expect([...expected.values()].filter(({ nodes }) => nodes.length > 0)).toHaveLength(500)
    expect(views.flatMap(({ gaps }) => gaps.map(({ subject }) => subject))).toContain(
      'metallb: election of 100 Services',
    )
  })

  it('are all held for a few addresses', () => {
    const { expected } = viewCluster(narrowTo(['10.50.2.87', '10.50.0.3'], large), announcers)
    expect([...expected.values()].map(({ ip, nodes }) => [ip, nodes.length])).toEqual([
      ['10.50.0.3', 1],
      ['10.50.2.87', 1],
    ])
  })
})

describe('elections beyond the budget', () => {
  const nodes = Array.from({ length: 200 }, (_, n) => ({ node: `n${n}`, weight: 0 }))
  const winnerOf = (key: string) => elect(nodes, key)!.node
  const loserOf = (key: string) => nodes.find(({ node }) => node !== winnerOf(key))!.node
  const contests = (count: number, named: (key: string, n: number) => readonly string[]): Contest[] =>
    Array.from({ length: count }, (_, n) => ({ runners: nodes, key: `10.0.0.${n}`, named: named(`10.0.0.${n}`, n) }))

  it('go first to addresses that nothing else names a node of', () => {
    const all = contests(40, (key, n) => (n % 10 === 0 ? [] : [loserOf(key)]))
    const { winners } = holdElections(all, 4 * nodes.length)
    expect([...winners.keys()]).toEqual(all.filter(({ named }) => named.length === 0))
  })

  it('find the few status objects that are wrong among the many that are right', () => {
    const all = contests(100, (key, n) => [n % 25 === 7 ? nodes[n]!.node : winnerOf(key)])
    const wrong = all.filter(({ key, named }) => named[0] !== winnerOf(key))
    const { winners, gaps } = holdElections(all, 10 * nodes.length)
    expect(wrong).toHaveLength(4)
    expect([...winners.keys()]).toEqual(expect.arrayContaining(wrong))
    expect(gaps.map(({ subject, reason }) => `${subject} ${reason}`)).toEqual([
      expect.stringMatching(/^metallb: election of 90 Services not computed: .* each a likely winner by its own hash$/),
    ])
  })

  it('take a node that does not run, or is not preferred, for no winner', () => {
    const weighted = nodes.map(({ node }, n) => ({ node, weight: n < 100 ? 5 : 0 }))
    const right = contests(50, (key) => [elect(weighted, key)!.node]).map((one) => ({ ...one, runners: weighted }))
    const strangers = [
      { runners: weighted, key: '10.0.0.1', named: ['elsewhere'] },
      { runners: weighted, key: '10.0.0.1', named: ['n150'] },
    ]
    const { winners } = holdElections([...right, ...strangers], 2 * nodes.length)
    expect(new Set(winners.keys())).toEqual(new Set(strangers))
  })

  it('are counted apart where the node that is named can hardly have won', () => {
    const all = contests(30, (key, n) => (n < 3 ? [] : [nodes.at(-1)!.node === winnerOf(key) ? 'n0' : 'no-runner']))
    expect(holdElections(all, nodes.length).gaps.map(({ subject, reason }) => [subject, reason])).toEqual([
      ['metallb: election of 2 Services', expect.stringContaining('no status object or event names their node')],
      ['metallb: election of 27 Services', expect.stringContaining('27 of which can hardly have won')],
    ])
  })

  it('are held or counted, every one, and never beyond the budget', () => {
    const sizes = fc.array(fc.record({ size: fc.nat(200), named: fc.subarray(['n0', 'n1', 'x']) }), { maxLength: 30 })
    fc.assert(
      fc.property(sizes, fc.nat(3000), (shapes, most) => {
        const all = shapes.map(({ size, named }, n) => ({ runners: nodes.slice(0, size), key: `k${n}`, named }))
        const { winners, gaps } = holdElections(all, most)
        const missing = gaps.map(({ subject }) => Number(/of (\d+) Services/.exec(subject)?.[1]))
        expect(winners.size + missing.reduce((sum, one) => sum + one, 0)).toBe(all.length)
        expect([...winners.keys()].reduce((sum, { runners }) => sum + runners.length, 0)).toBeLessThanOrEqual(most)
        for (const [{ runners, key }, winner] of winners) expect(winner).toEqual(elect(runners, key))
      }),
      { numRuns: 60 },
    )
  })
})
