import { describe, expect, it } from 'vitest'
import { answerer } from '../../src/answering/answerer.js'
import { predict } from '../../src/answering/predict.js'
import { ip, MAC1, type SampleHost, sampleHost } from './sample.js'

const TARGETS = ['10.0.0.1', '10.1.0.1', '10.0.0.77', '10.1.0.77', '127.0.0.1', '8.8.8.8', '10.0.0.255', '0.0.0.0']
const FORWARDS = { 'eth0.forwarding': 1 }
const OVS = { name: 'ovs-system', kind: 'openvswitch' }

describe('many targets get what one gets', () => {
  it.each<readonly [string, SampleHost]>([
    ['plain', {}],
    ['proxy_arp', { conf: { ...FORWARDS, 'all.proxy_arp': 1 } }],
    ['proxy_arp elsewhere', { conf: { 'eth1.forwarding': 1, 'eth1.proxy_arp': 1 } }],
    ['proxy_arp_pvlan', { conf: { ...FORWARDS, 'eth0.proxy_arp_pvlan': 1 } }],
    ['a local network', { routes: ['local 8.8.8.0/24 dev lo table local proto static'] }],
    ['rules', { rules: ['0: to 10.0.0.1 blackhole', '1: from all lookup local', '32766: from all lookup main'] }],
    [
      'XDP',
      {
        links: [
          { name: 'eth0', xdp: 'drop' },
          { name: 'eth1', mac: MAC1 },
        ],
      },
    ],
    ['Open vSwitch', { links: [{ name: 'eth0', master: 'ovs-system' }, OVS, { name: 'eth1', mac: MAC1 }] }],
    [
      'a device that is down',
      {
        links: [
          { name: 'eth0', flags: [] },
          { name: 'eth1', mac: MAC1 },
        ],
      },
    ],
  ])('%s', (_, sample) => {
    const host = sampleHost(sample)
    for (const asker of [null, ip('10.0.0.9'), ip('10.1.0.9')]) {
      const asked = { asker, to: null, on: 'eth0' }
      const ask = answerer(host, asked)
      for (const target of TARGETS.map(ip)) {
        const { answers, replies, because, possible, missing } = ask(target)
        const whole = predict(host, { ...asked, target })
        const { assumed: _, ...rest } = whole
        expect({ answers, replies, because, possible, missing }).toEqual(rest)
      }
    }
  })
})
