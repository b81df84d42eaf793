import { describe, expect, it } from 'vitest'
import { attribute } from '../../src/facts/attribution.js'
import type { ExpectedAnswer } from '../../src/facts/expected.js'
import { clusterNames } from '../../src/report/cluster-names.js'

const IP = '10.0.0.240'
const [A, B, CLONED, FOREIGN] = [1, 2, 3, 4]
const owned = (mac: number, node: string) => ({ mac, node, interface: 'eth0', via: 'node-audit' }) as const
const attribution = attribute([owned(A, 'a'), owned(B, 'b'), owned(CLONED, 'a'), owned(CLONED, 'c')])

function names(answer: Partial<ExpectedAnswer>) {
  const given = { ip: IP, services: ['default/web'], announcers: ['metallb'], nodes: [], ...answer }
  return clusterNames(new Map([[IP, given]]), attribution)
}

const byElection = { node: 'a', from: 'election', announcer: 'metallb', detail: '' } as const

describe('clusterNames', () => {
  it('tells the expected MAC from others, and says nothing of one that nobody named', () => {
    const { isExpected } = names({ nodes: [byElection] })
    expect([A, B, FOREIGN].map((mac) => isExpected(IP, mac))).toEqual([true, false, null])
  })

  it('says nothing where no node is known', () => {
    expect(names({}).isExpected(IP, A)).toBeNull()
    expect(names({}).expected(IP)).toEqual({ node: null, from: 'metallb' })
    expect(names({ announcers: [] }).expected(IP)).toBeNull()
    expect(names({}).expected('10.0.0.9')).toBeNull()
  })

  it('names every node of a MAC that several have', () => {
    expect(names({}).owner(CLONED)).toEqual({ node: 'a or c', interface: null, via: 'node-audit' })
    expect(names({}).owner(FOREIGN)).toBeNull()
  })
})
