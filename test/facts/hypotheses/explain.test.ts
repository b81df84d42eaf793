import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { announcers } from '../../../src/cluster/announcers/registry.js'
import type { ClusterSnapshot } from '../../../src/cluster/model.js'
import { viewAnnouncers } from '../../../src/facts/announcers.js'
import { attribute } from '../../../src/facts/attribution.js'
import { explain } from '../../../src/facts/hypotheses/explain.js'
import { Observer } from '../../../src/observe/observer.js'
import { parseIpv4 } from '../../../src/wire/ipv4.js'
import { advertisement, clusterWith, endpoints, node, pod, pool, service, speaker } from '../../cluster/objects.js'
import { traceToPcap } from '../../trace.js'

/** A cluster in figures: `endpoints` null is externalTrafficPolicy Cluster. */
interface Sample {
  readonly nodes: readonly string[]
  readonly services: readonly { readonly ip: string; readonly endpoints: readonly string[] | null }[]
}

/** The cluster as speakers on some nodes see it: the real announcer computes each side of a split. */
function clusterOf({ nodes, services }: Sample, speakers: readonly string[] = nodes): ClusterSnapshot {
  const container = { name: 'speaker', image: 'quay.io/metallb/speaker:v0.15.3' }
  return clusterWith(
    ...nodes.map((name, at) => node(name, { ip: `10.0.1.${at + 1}` })),
    speaker('0.15.3'),
    ...speakers.map((name) => pod(`metallb-system/speaker-${name}`, name, container, 'speaker')),
    pool('lan', ['10.0.0.0/24']),
    advertisement('lan'),
    ...services.flatMap(({ ip, endpoints: own }) => {
      const name = `web-${ip.split('.')[3]}`
      const spec = { externalTrafficPolicy: own ? 'Local' : 'Cluster' }
      return [service(name, [ip], { spec }), endpoints(name, own ?? nodes.slice(0, 1))]
    }),
  )
}

function elected(sample: Sample, speakers: readonly string[]): ReadonlyMap<string, string> {
  const views = viewAnnouncers(announcers, clusterOf(sample, speakers))
  const answers = views.flatMap(({ answers }) => answers)
  return new Map(answers.flatMap(({ ip, expected }) => expected.slice(0, 1).map(({ node }) => [ip, node])))
}

/** Who answers for each address, with these groups of speakers that see each other. */
function answering(sample: Sample, groups: readonly (readonly string[])[]): ReadonlyMap<string, readonly string[]> {
  const sides = groups.map((group) => elected(sample, group))
  return new Map(
    sample.services.map(({ ip }) => [ip, [...new Set(sides.flatMap((side) => side.get(ip) ?? []))].sort()]),
  )
}

function splitOff(sample: Sample, lonely: string) {
  return answering(sample, [[lonely], sample.nodes.filter((name) => name !== lonely)])
}

function explained(sample: Sample, seen: ReadonlyMap<string, readonly string[]>) {
  const macOf = (name: string) => (sample.nodes.indexOf(name) + 0x11).toString(16)
  const lines = [...seen].flatMap(([ip, nodes], at) => [
    `${at / 10} ask 01/10.0.0.1 -> ${ip} repeat 3 every 5`,
    ...nodes.map(
      (name, n) => `${at / 10 + 0.001 + n / 10_000} answer ${macOf(name)}/${ip} -> 01/10.0.0.1 repeat 3 every 5`,
    ),
  ])
  const vips = sample.services.map(({ ip }) => parseIpv4(ip)!)
  const observer = new Observer({ asked: vips, allAddresses: false })
  observer.push(traceToPcap(lines.join('\n')))
  const cluster = clusterOf(sample)
  return explain({
    cluster,
    announcers: viewAnnouncers(announcers, cluster),
    wire: observer.finish(),
    attribution: attribute(
      sample.nodes.map((name, at) => ({ mac: 0x020000000011 + at, node: name, interface: 'eth0', via: 'node-audit' })),
    ),
    question: { vips, expectedMacs: [], own: { macs: [], ips: [] }, probed: true },
  })
}

function same(a: ReadonlyMap<string, readonly string[]>, b: ReadonlyMap<string, readonly string[]>): boolean {
  return JSON.stringify([...a]) === JSON.stringify([...b])
}

/** Names of nodes decide the elections, so they are drawn too. */
const samples: fc.Arbitrary<Sample> = fc
  .uniqueArray(fc.integer({ min: 0, max: 999 }), { minLength: 2, maxLength: 6 })
  .chain((numbers) => {
    const nodes = numbers.map((number) => `node-${number}`).sort()
    const own = fc.option(fc.subarray(nodes), { freq: 2 })
    return fc.record({
      nodes: fc.constant(nodes),
      services: fc
        .array(own, { minLength: 1, maxLength: 6 })
        .map((all) => all.map((endpoints, at) => ({ ip: `10.0.0.${10 + at}`, endpoints }))),
    })
  })

describe('a speaker that sees only itself', () => {
  it('explains exactly what a simulated split shows', () => {
    fc.assert(
      fc.property(samples, fc.nat(), (sample, pick) => {
        const seen = splitOff(sample, sample.nodes[pick % sample.nodes.length]!)
        const whole = answering(sample, [sample.nodes])
        const fitting = sample.nodes.filter((name) => !same(seen, whole) && same(splitOff(sample, name), seen))
        const alone = explained(sample, seen).filter(({ hypothesis }) => hypothesis.kind === 'alone')
        expect(alone.map(({ hypothesis }) => hypothesis.node)).toEqual(fitting)
        const changed = [...seen.keys()].filter((ip) => `${seen.get(ip)}` !== `${whole.get(ip)}`)
        for (const { explains } of alone) expect([...explains].sort()).toEqual(changed.sort())
      }),
      { numRuns: 60 },
    )
  })

  it('explains nothing when one address contradicts it', () => {
    const sample = {
      nodes: ['node-a', 'node-b', 'node-c'],
      services: ['10.0.0.10', '10.0.0.20', '10.0.0.30'].map((ip) => ({ ip, endpoints: null })),
    }
    const seen = splitOff(sample, 'node-a')
    const nodesAlone = (shown: ReadonlyMap<string, readonly string[]>) =>
      explained(sample, shown).flatMap(({ hypothesis }) => (hypothesis.kind === 'alone' ? [hypothesis.node] : []))
    expect(nodesAlone(seen)).toContain('node-a')
    const [ip, nodes] = [...seen].find(([, nodes]) => nodes.length > 1)!
    expect(nodesAlone(new Map([...seen, [ip, nodes.filter((name) => name !== 'node-a')]]))).not.toContain('node-a')
  })
})

describe('a speaker that hangs', () => {
  it('explains that all its addresses are silent, and nothing if one of them answers', () => {
    const sample = {
      nodes: ['node-a', 'node-b', 'node-c'],
      services: Array.from({ length: 8 }, (_, at) => ({ ip: `10.0.0.${10 + at}`, endpoints: null })),
    }
    const whole = answering(sample, [sample.nodes])
    const without = new Map([...whole].map(([ip, nodes]) => [ip, nodes.filter((name) => name !== 'node-b')] as const))
    const silent = [...without].filter(([, nodes]) => nodes.length === 0).map(([ip]) => ip)
    expect(silent.length).toBeGreaterThan(1)
    expect(explained(sample, without)).toMatchObject([
      { hypothesis: { kind: 'silent', node: 'node-b' }, explains: silent },
    ])
    expect(explained(sample, new Map([...without, [silent[0]!, ['node-b']]]))).toEqual([])
  })
})
