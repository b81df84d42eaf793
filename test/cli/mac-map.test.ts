import { describe, expect, it } from 'vitest'
import { parseMacMap, parseMacOption } from '../../src/cli/mac-map.js'

const A = 0x02_00_00_00_00_0a

describe('the operator naming MACs', () => {
  it('reads lines of node, MAC and interface, with comments', () => {
    expect(parseMacMap('# rack 1\nnode-a 02:00:00:00:00:0a eth0\n\nnode-b 02-00-00-00-00-0A # spare\n', 'map')).toEqual(
      [
        { mac: A, node: 'node-a', interface: 'eth0', via: 'operator' },
        { mac: A, node: 'node-b', interface: null, via: 'operator' },
      ],
    )
  })

  it('reads NODE=MAC', () => {
    expect(parseMacOption('node-a=02:00:00:00:00:0a')).toEqual({
      mac: A,
      node: 'node-a',
      interface: null,
      via: 'operator',
    })
  })

  it.each(['node-a', '=02:00:00:00:00:0a', 'node-a=02:00'])('refuses %s', (text) => {
    expect(() => parseMacOption(text)).toThrow('write a node and its MAC')
  })

  it('names the line that it cannot read', () => {
    expect(() => parseMacMap('node-a 02:00:00:00:00:0a\nnode-b eth0\n', 'map.txt')).toThrow('map.txt:2')
  })
})
