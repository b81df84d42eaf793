import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Candidate } from '../../../../src/cluster/announcers/announcer.js'
import {
  type ElectionNode,
  type ElectionSetting,
  elect,
  electionRules,
  REASON,
  reasonsAgainst,
  withEndpoints,
} from '../../../../src/cluster/announcers/metallb/election.js'
import { exactly } from '../../../../src/cluster/announcers/version.js'

const NODES = ['node-a', 'node-b', 'node-c', 'worker-1', 'worker-2']

/** Orders computed with sha256sum over `node#ip`; the first eight hex digits beside each node. */
const VECTORS: Record<string, readonly (readonly [string, string])[]> = {
  '172.16.11.42': [
    ['worker-1', '0a382492'],
    ['node-a', '51dd3305'],
    ['node-b', '60e21fa8'],
    ['node-c', '83aa1325'],
    ['worker-2', '83e7c53b'],
  ],
  '10.77.0.240': [
    ['worker-2', '12680359'],
    ['worker-1', '4e3eedf5'],
    ['node-c', '99f62df7'],
    ['node-b', 'effe5cc7'],
    ['node-a', 'f1bbebfd'],
  ],
  '10.77.0.241': [
    ['node-b', '099426f4'],
    ['worker-2', '4586dd52'],
    ['node-a', 'e533cbeb'],
    ['worker-1', 'f3226fd4'],
    ['node-c', 'f7831d48'],
  ],
  '192.168.10.7': [
    ['worker-1', '0270647a'],
    ['node-c', '07d80a55'],
    ['worker-2', '95725217'],
    ['node-a', 'e9d15253'],
    ['node-b', 'fec0d08e'],
  ],
}

const flat = (nodes: readonly string[]) => nodes.map((node) => ({ node, weight: 0 }))

describe('elect', () => {
  it.each(Object.entries(VECTORS))('orders the nodes for %s by their hash', (ip, order) => {
    const left = new Set(NODES)
    for (const [node, prefix] of order) {
      const winner = elect(flat([...left]), ip)
      expect([winner?.node, winner?.hash.slice(0, 8)]).toEqual([node, prefix])
      left.delete(node)
    }
    expect(elect(flat([...left]), ip)).toBeNull()
  })

  it.each(Object.entries(VECTORS))('for %s needs the order of the digests alone, under whatever names', (ip, order) => {
    const renamed = order.map((_, at) => `n${9 - at}`)
    const left = new Set(renamed)
    for (const node of renamed) {
      expect(elect(flat([...left].sort()), 'another key', renamed)).toEqual({ node, hash: '' })
      left.delete(node)
    }
    expect(
      elect(
        [
          { node: 'n9', weight: 1 },
          { node: 'n5', weight: 2 },
        ],
        ip,
        renamed,
      )?.node,
    ).toBe('n5')
  })

  const nodeNames = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/), { minLength: 1, maxLength: 12 })

  it('does not depend on the order of the nodes', () => {
    fc.assert(
      fc.property(
        nodeNames.chain((names) =>
          fc.tuple(fc.constant(names), fc.shuffledSubarray(names, { minLength: names.length })),
        ),
        fc.ipV4(),
        ([names, shuffled], ip) => {
          expect(elect(flat(shuffled), ip)).toEqual(elect(flat(names), ip))
        },
      ),
    )
  })

  it('moves only when the winner leaves', () => {
    fc.assert(
      fc.property(nodeNames, fc.ipV4(), fc.nat(), (names, ip, index) => {
        const winner = elect(flat(names), ip)!
        const gone = names[index % names.length]!
        const after = elect(flat(names.filter((name) => name !== gone)), ip)
        if (gone !== winner.node) expect(after).toEqual(winner)
        else expect(after?.node).not.toBe(gone)
      }),
    )
  })

  it('lets the highest weight win, and the hash among equals', () => {
    const weights = fc.array(fc.nat(3), { minLength: 12, maxLength: 12 })
    fc.assert(
      fc.property(nodeNames, weights, fc.ipV4(), (names, given, ip) => {
        const runners = names.map((node, index) => ({ node, weight: given[index]! }))
        const highest = Math.max(...runners.map(({ weight }) => weight))
        const best = runners.filter(({ weight }) => weight === highest).map(({ node }) => node)
        expect(elect(runners, ip)).toEqual(elect(flat(best), ip))
      }),
    )
  })
})

const FIT: ElectionNode = {
  name: 'node-a',
  hasSpeaker: true,
  isLabelled: false,
  networkUnavailable: false,
  isAdvertised: true,
  weight: 0,
}

function setting(version: string, changes: Partial<ElectionSetting> = {}): ElectionSetting {
  return {
    rules: electionRules(exactly(version)),
    memberlist: true,
    ignoresLabel: false,
    trafficPolicy: 'Cluster',
    ...changes,
  }
}

describe('reasonsAgainst', () => {
  it.each<[string, Partial<ElectionNode>, string]>([
    ['no speaker', { hasSpeaker: false }, REASON.speaker],
    ['the exclude label', { isLabelled: true }, REASON.label],
    ['NetworkUnavailable', { networkUnavailable: true }, REASON.network],
    ['no advertisement', { isAdvertised: false }, REASON.advertisement],
  ])('names %s', (_, change, reason) => {
    expect(reasonsAgainst({ ...FIT, ...change }, setting('0.15.2'))).toEqual([reason])
  })

  it('finds nothing against a fit node, whatever the version', () => {
    for (const version of ['0.9.3', '0.12.1', '0.13.12', '0.14.9', '0.15.2', '0.16.1'])
      expect(reasonsAgainst(FIT, setting(version))).toEqual([])
  })

  it.each([
    ['0.13.12', []],
    ['0.14.1', []],
    ['0.14.2', [REASON.label]],
    ['0.14.3', [REASON.label]],
    ['0.16.1', [REASON.label]],
  ])('at %s the label excludes: %j', (version, reasons) => {
    expect(reasonsAgainst({ ...FIT, isLabelled: true }, setting(version))).toEqual(reasons)
  })

  it('ignores the label with --ignore-exclude-lb', () => {
    expect(reasonsAgainst({ ...FIT, isLabelled: true }, setting('0.15.2', { ignoresLabel: true }))).toEqual([])
  })

  it.each([
    ['0.9.3', 'Cluster', []],
    ['0.10.3', 'Cluster', []],
    ['0.11.0', 'Cluster', [REASON.memberlist]],
    ['0.12.1', 'Local', []],
    ['0.13.0', 'Local', [REASON.memberlist]],
    ['0.14.9', 'Cluster', [REASON.memberlist]],
    ['0.15.0', 'Cluster', []],
  ] as const)('without memberlist at %s under %s: %j', (version, trafficPolicy, reasons) => {
    const given = setting(version, { memberlist: false, trafficPolicy })
    expect(reasonsAgainst({ ...FIT, hasSpeaker: false }, given)).toEqual(reasons)
  })
})

describe('withEndpoints', () => {
  const candidate = (node: string): Candidate => ({ node, eligible: true, because: [] })
  const candidates = ['node-a', 'node-b'].map(candidate)
  const eligible = (given: readonly Candidate[]) => given.flatMap(({ node, eligible }) => (eligible ? [node] : []))

  it('leaves nobody for a service without endpoints', () => {
    const judged = withEndpoints(candidates, new Set(), setting('0.15.2'))
    expect(judged.map(({ because }) => because)).toEqual([[REASON.noEndpoints], [REASON.noEndpoints]])
  })

  it('asks for an endpoint on the node under Local only', () => {
    const nodes = new Set(['node-b'])
    expect(eligible(withEndpoints(candidates, nodes, setting('0.15.2')))).toEqual(['node-a', 'node-b'])
    expect(eligible(withEndpoints(candidates, nodes, setting('0.15.2', { trafficPolicy: 'Local' })))).toEqual([
      'node-b',
    ])
  })

  it('asks for one under either policy up to 0.10.3', () => {
    expect(eligible(withEndpoints(candidates, new Set(['node-b']), setting('0.10.3')))).toEqual(['node-b'])
    expect(eligible(withEndpoints(candidates, new Set(['node-b']), setting('0.11.0')))).toEqual(['node-a', 'node-b'])
  })

  it('never makes a candidate of a node that was none, nor of one without an endpoint under Local', () => {
    const node = fc.constantFrom(...NODES)
    fc.assert(
      fc.property(fc.uniqueArray(node), fc.uniqueArray(node), (fitNodes, serving) => {
        const given = NODES.map((name) =>
          fitNodes.includes(name) ? candidate(name) : { ...candidate(name), eligible: false, because: ['x'] },
        )
        const left = eligible(withEndpoints(given, new Set(serving), setting('0.15.2', { trafficPolicy: 'Local' })))
        expect(left).toEqual(NODES.filter((name) => fitNodes.includes(name) && serving.includes(name)))
      }),
    )
  })
})

describe('electionRules', () => {
  it('hashes the service up to 0.10.3, the address since 0.11.0', () => {
    expect(electionRules(exactly('0.9.3')).hashOf).toBe('service')
    expect(electionRules(exactly('0.10.3')).hashOf).toBe('service')
    expect(electionRules(exactly('0.11.0')).hashOf).toBe('ip')
  })

  it('takes service selectors into account since 0.16.0, preferences after 0.16.1', () => {
    expect(electionRules(exactly('0.15.2')).checksServiceSelectors).toBe(false)
    expect(electionRules(exactly('0.16.0')).checksServiceSelectors).toBe(true)
    expect(electionRules(exactly('0.16.1')).weighsPreferences).toBe(false)
    expect(electionRules(exactly('0.17.0')).weighsPreferences).toBe(true)
  })

  it('says when the version is not known well enough', () => {
    expect(electionRules(exactly('0.14.9')).certain).toBe(true)
    expect(electionRules({ exact: null, from: '0.13.9', below: null }).certain).toBe(false)
    expect(electionRules({ exact: null, from: '0.16.0', below: null }).certain).toBe(true)
  })
})
