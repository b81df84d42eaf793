import { describe, expect, it } from 'vitest'
import { snapshotFromFiles } from '../../src/cluster/manifests.js'
import type { ClusterNode } from '../../src/cluster/model.js'
import { attribute } from '../../src/facts/attribution.js'
import { ownersFromHosts, ownersFromNodeIps } from '../../src/facts/mac-owners.js'
import { parseIp } from '../../src/wire/ip.js'
import { loadHosts } from '../rules/hosts-fixture.js'

function nodes(...names: string[]): readonly ClusterNode[] {
  const text = names.map((name, index) =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name },
      status: { addresses: [{ type: 'InternalIP', address: `10.0.0.${11 + index}` }] },
    }),
  )
  const cluster = snapshotFromFiles([{ name: 'nodes', text: text.join('\n') }], new Date(0))
  return cluster.nodes.known ? cluster.nodes.value : []
}

describe('ownersFromNodeIps', () => {
  it('takes the sole MAC that speaks as a node for its own, and no contested one', () => {
    const spoken = new Map([
      [parseIp('10.0.0.11'), [1]],
      [parseIp('10.0.0.12'), [2, 3]],
    ])
    const owners = ownersFromNodeIps(nodes('node-a', 'node-b', 'node-c'), (ip) => spoken.get(ip) ?? [])
    expect(owners).toEqual([{ mac: 1, node: 'node-a', interface: null, via: 'arp-of-node-ip' }])
  })
})

const HOSTS = `
- name: node-a
  links:
    - {name: eth0, master: bond0, mac: '02:00:00:00:00:0a', permanentMac: 12}
    - {name: bond0, kind: bond, mac: '02:00:00:00:00:0a'}
    - {name: cali12345, kind: veth, mac: 'ee:ee:ee:ee:ee:ee'}
- name: node-b
  unread: [links]
`

describe('ownersFromHosts', () => {
  const attribution = attribute(ownersFromHosts(loadHosts(HOSTS)))

  it('calls a MAC by the bond, not by a member, and knows the burnt-in one of the member too', () => {
    expect(attribution.ownersOf(0x02000000000a)).toMatchObject([{ node: 'node-a', interface: 'bond0' }])
    expect(attribution.ownersOf(12)).toMatchObject([{ node: 'node-a', interface: 'eth0' }])
  })

  it("leaves out the pods' ends, whose MAC is the same everywhere, and hosts that were not read", () => {
    expect(attribution.ownersOf(0xeeeeeeeeeeee)).toEqual([])
    expect(attribution.nodes).toEqual(['node-a'])
  })
})
