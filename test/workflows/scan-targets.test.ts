import { describe, expect, it } from 'vitest'
import { announcers } from '../../src/cluster/announcers/registry.js'
import { viewCluster } from '../../src/facts/cluster-view.js'
import { formatIp, parseIp } from '../../src/wire/ip.js'
import { targetsFor } from '../../src/workflows/scan-targets.js'
import { vipsOfCluster } from '../../src/workflows/scan-vips.js'
import { THREE_NODES } from '../cluster/api-fixture.js'
import { clusterOf, clusterOfFile } from '../cluster/read-yaml.js'

const WEB = parseIp('10.77.0.240')!
const view = viewCluster(clusterOfFile(THREE_NODES), announcers)

describe('targetsFor', () => {
  it('asks the expected node first, then candidates, then the rest', () => {
    expect(targetsFor([WEB], view, []).nodes.flat().map(formatIp)).toEqual([
      '10.0.0.13',
      '10.0.0.11',
      '10.0.0.12',
      '10.0.0.10',
    ])
  })

  it('asks nobody for a MAC that is known, but by it for the VIPs', () => {
    const { nodes, bystanders } = targetsFor([WEB], view, [
      { mac: 7, node: 'node-c', interface: null, via: 'operator' },
    ])
    expect(nodes.flat().map(formatIp)).not.toContain('10.0.0.13')
    expect(bystanders).toEqual([7])
  })

  it('says how many nodes it leaves out of a large cluster', () => {
    const nodes = Array.from(
      { length: 20 },
      (_, index) => `{"apiVersion":"v1","kind":"Node","metadata":{"name":"n${index}"}}`,
    )
    const { gaps } = targetsFor([WEB], viewCluster(clusterOf(nodes.join('\n')), announcers), [])
    expect(gaps).toMatchObject([{ subject: 'MACs of 4 more nodes' }])
  })
})

it('finds every VIP of the cluster, announced ones without a Service included', () => {
  expect(vipsOfCluster(view).map(formatIp)).toEqual(['10.77.0.5', '10.77.0.240', '10.77.0.241'])
})
