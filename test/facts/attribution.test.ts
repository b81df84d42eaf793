import { describe, expect, it } from 'vitest'
import { attribute, type MacOwner } from '../../src/facts/attribution.js'

const A = 0x02_00_00_00_00_01
const B = 0x02_00_00_00_00_02

function owner(mac: number, node: string, via: MacOwner['via'], name: string | null = null): MacOwner {
  return { mac, node, interface: name, via }
}

describe('attribute', () => {
  it('lets the best source speak for one node and MAC, whatever the order', () => {
    const owners = [owner(A, 'a', 'arp-of-node-ip'), owner(A, 'a', 'node-audit', 'eth0'), owner(A, 'a', 'operator')]
    expect(attribute(owners).ownersOf(A)).toEqual([owner(A, 'a', 'node-audit', 'eth0')])
  })

  it('keeps the same MAC of several nodes apart', () => {
    const both = attribute([owner(A, 'b', 'arp-of-node-ip'), owner(A, 'a', 'operator')])
    expect(both.ownersOf(A).map(({ node }) => node)).toEqual(['a', 'b'])
  })

  it('knows several MACs of one node', () => {
    const one = attribute([owner(A, 'a', 'node-audit', 'eth0'), owner(B, 'a', 'node-audit', 'eth1')])
    expect(one.macsOf('a')).toEqual([A, B])
    expect(one.nodes).toEqual(['a'])
  })

  it('says nothing of a MAC that nobody named', () => {
    expect(attribute([]).ownersOf(A)).toEqual([])
    expect(attribute([]).macsOf('a')).toEqual([])
  })
})
