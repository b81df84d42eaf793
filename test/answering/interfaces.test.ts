import { expect, it } from 'vitest'
import { predictOn } from '../../src/answering/combined.js'
import { wireInterfaces } from '../../src/answering/interfaces.js'
import { ip, MAC0, MAC1, sampleHost } from './sample.js'

const LO = { name: 'lo', flags: ['LOOPBACK', 'UP'], mac: 0 }
const port = { bridge: 'br0', state: 'forwarding' } as never

it.each([
  ['NICs', [LO, { name: 'eth0' }, { name: 'eth1' }], ['eth0', 'eth1']],
  ['a bond, not its members', [LO, { name: 'eth0', master: 'bond0' }, { name: 'bond0', kind: 'bond' }], ['bond0']],
  [
    'ports, not the bridge',
    [LO, { name: 'eth0', master: 'br0', bridgePort: port }, { name: 'br0', kind: 'bridge' }],
    ['eth0'],
  ],
  [
    'VLANs, which have frames of their own',
    [LO, { name: 'eth0' }, { name: 'eth0.7', kind: 'vlan', parent: 'eth0' }],
    ['eth0', 'eth0.7'],
  ],
  ['the parent, not its macvlan', [LO, { name: 'eth0' }, { name: 'm0', kind: 'macvlan', parent: 'eth0' }], ['eth0']],
  ['no ends of pods', [LO, { name: 'eth0' }, { name: 'cali0a1b2c', kind: 'veth' }], ['eth0']],
] as const)('the wire is met at %s', (_, links, expected) => {
  expect(wireInterfaces(sampleHost({ links, addresses: [] }))).toEqual(expected)
})

it('a question on several interfaces has the replies of all of them', () => {
  const host = sampleHost({ conf: { 'eth1.arp_ignore': 1 } })
  const asked = { target: ip('10.0.0.1'), asker: null, to: null }
  expect(predictOn(host, asked, ['eth0', 'eth1']).replies.map(({ interface: device }) => device)).toEqual(['eth0'])
  const both = predictOn(sampleHost(), asked, ['eth0', 'eth1'])
  expect([both.answers, both.replies.map(({ mac }) => mac)]).toEqual(['yes', [MAC0, MAC1]])
})
