import { expect, it } from 'vitest'
import { valueOr } from '../../../src/known.js'
import { formatIp } from '../../../src/wire/ip.js'
import { NodeMacs } from '../../../src/workflows/watch/node-macs.js'
import { clusterWith, node } from '../../cluster/objects.js'

const nodes = valueOr(clusterWith(node('node-a', { ip: '10.0.0.11' }), node('node-b', { ip: '10.0.0.12' })).nodes, [])
const heard = (of: Readonly<Record<string, number>>) => (ip: Parameters<typeof formatIp>[0]) => {
  const mac = of[formatIp(ip)]
  return mac === undefined ? [] : [mac]
}
const unheard = (macs: NodeMacs) => macs.unheard(nodes, () => true).map(formatIp)

it('keeps whose MAC is whose, and tells what was heard in the last window from what was heard before', () => {
  const macs = new NodeMacs()
  macs.hear(nodes, heard({ '10.0.0.11': 1, '10.0.0.12': 2 }))
  expect(macs.owners.map(({ node: name, before }) => [name, before])).toEqual([
    ['node-a', undefined],
    ['node-b', undefined],
  ])
  macs.hear(nodes, heard({ '10.0.0.11': 1 }))
  expect(macs.owners.map(({ node: name, mac, before }) => [name, mac, before])).toEqual([
    ['node-a', 1, undefined],
    ['node-b', 2, true],
  ])
})

it('asks a node that was heard again only while it is doubted', () => {
  const macs = new NodeMacs()
  expect(unheard(macs)).toEqual(['10.0.0.11', '10.0.0.12'])
  macs.hear(nodes, heard({ '10.0.0.11': 1, '10.0.0.12': 2 }))
  expect(unheard(macs)).toEqual([])
  macs.doubt(['node-b'])
  expect(unheard(macs)).toEqual(['10.0.0.12'])
  macs.doubt([])
  expect(unheard(macs)).toEqual([])
})
