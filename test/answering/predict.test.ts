import { describe, expect, it } from 'vitest'
import type { Question } from '../../src/answering/model.js'
import { predict } from '../../src/answering/predict.js'
import { known } from '../../src/known.js'
import { ip, MAC0, MAC1, type SampleHost, sampleHost, unread } from './sample.js'

const ask = (target: string, more: Partial<Question> = {}): Question => ({
  target: ip(target),
  asker: ip('10.0.0.9'),
  to: null,
  on: 'eth0',
  ...more,
})

/** `yes local eth0`, `no`, `unknown`. */
function said(sample: SampleHost, question: Question): string {
  const { answers, replies } = predict(sampleHost(sample), question)
  return [answers, ...replies.map(({ path, interface: device }) => `${path} ${device}`)].join(' ')
}

const PROBE = { asker: null }
const FORWARDS = { 'eth0.forwarding': 1 }

describe('a local address', () => {
  it.each([
    ['its own', '10.0.0.1', {}, {}, 'yes local eth0'],
    ['another device’s, arp_ignore 0', '10.1.0.1', {}, {}, 'yes local eth0'],
    ['another device’s, arp_ignore 1', '10.1.0.1', { 'all.arp_ignore': 1 }, {}, 'no'],
    ['another device’s, arp_ignore 1, probe', '10.1.0.1', { 'eth0.arp_ignore': 1 }, PROBE, 'no'],
    ['its own, arp_ignore 2, sender outside', '10.0.0.1', { 'eth0.arp_ignore': 2 }, { asker: ip('10.1.0.9') }, 'no'],
    ['its own, arp_ignore 2, probe', '10.0.0.1', { 'eth0.arp_ignore': 2 }, PROBE, 'yes local eth0'],
    ['arp_ignore 3, scope host', '127.0.0.1', { 'eth0.arp_ignore': 3, 'eth0.route_localnet': 1 }, {}, 'no'],
    ['arp_ignore 8', '10.0.0.1', { 'all.arp_ignore': 8 }, {}, 'no'],
    [
      'arp_filter, the way back by another device',
      '10.0.0.1',
      { 'eth0.arp_filter': 1 },
      { asker: ip('10.1.0.9') },
      'no',
    ],
    ['arp_filter, no way back', '10.0.0.1', { 'eth0.arp_filter': 1 }, { asker: ip('9.9.9.9') }, 'no'],
    ['arp_filter plays no part for a probe', '10.1.0.1', { 'eth0.arp_filter': 1 }, PROBE, 'yes local eth0'],
    ['rp_filter 1', '10.0.0.1', { 'all.rp_filter': 1 }, { asker: ip('10.1.0.9') }, 'no'],
    [
      'rp_filter 1 and 2 is 2',
      '10.0.0.1',
      { 'all.rp_filter': 1, 'eth0.rp_filter': 2 },
      { asker: ip('10.1.0.9') },
      'yes local eth0',
    ],
    ['rp_filter 2, no way back', '10.0.0.1', { 'all.rp_filter': 2 }, { asker: ip('9.9.9.9') }, 'no'],
    ['sender is the host', '10.0.0.1', {}, { asker: ip('10.1.0.1') }, 'no'],
    [
      'sender is the host, accept_local',
      '10.0.0.1',
      { 'eth0.accept_local': 1 },
      { asker: ip('10.1.0.1') },
      'yes local eth0',
    ],
    ['to another MAC', '10.0.0.1', {}, { to: MAC1 }, 'no'],
    ['to its MAC', '10.0.0.1', {}, { to: MAC0 }, 'yes local eth0'],
    ['multicast', '224.0.0.1', {}, {}, 'no'],
    ['loopback', '127.0.0.1', {}, {}, 'no'],
    ['loopback, route_localnet', '127.0.0.1', { 'all.route_localnet': 1 }, PROBE, 'yes local eth0'],
    ['not here', '10.0.0.77', {}, {}, 'no'],
  ] as const)('%s', (_, target, conf, more, expected) => {
    expect(said({ conf }, ask(target, more))).toBe(expected)
  })
})

describe('a proxy', () => {
  it.each([
    ['another segment', '10.1.0.77', { ...FORWARDS, 'eth0.proxy_arp': 1 }, {}, 'yes proxy_arp eth0'],
    ['a probe', '10.1.0.77', { ...FORWARDS, 'eth0.proxy_arp': 1 }, PROBE, 'no'],
    ['without forwarding', '10.1.0.77', { 'eth0.proxy_arp': 1, 'all.forwarding': 1 }, {}, 'no'],
    ['its own segment', '10.0.0.77', { ...FORWARDS, 'eth0.proxy_arp': 1 }, {}, 'no'],
    ['its own segment, pvlan', '10.0.0.77', { ...FORWARDS, 'all.proxy_arp_pvlan': 1 }, {}, 'yes proxy_arp_pvlan eth0'],
    [
      'the same medium',
      '10.1.0.77',
      { ...FORWARDS, 'all.proxy_arp': 1, 'eth0.medium_id': 7, 'eth1.medium_id': 7 },
      {},
      'no',
    ],
    ['another medium', '10.1.0.77', { ...FORWARDS, 'all.proxy_arp': 1, 'eth0.medium_id': 7 }, {}, 'yes proxy_arp eth0'],
    [
      'arp_ignore plays no part',
      '10.1.0.77',
      { ...FORWARDS, 'all.proxy_arp': 1, 'all.arp_ignore': 8 },
      {},
      'yes proxy_arp eth0',
    ],
  ] as const)('%s', (_, target, conf, more, expected) => {
    expect(said({ conf }, ask(target, more))).toBe(expected)
  })

  it('answers a broadcast within proxy_delay, and its own MAC at once', () => {
    const host = sampleHost({ conf: { ...FORWARDS, 'eth0.proxy_arp': 1 }, proxyDelay: { eth0: 30 } })
    expect(predict(host, ask('10.1.0.77')).replies.map(({ delayMs }) => delayMs)).toEqual([300])
    expect(predict(host, ask('10.1.0.77', { to: MAC0 })).replies.map(({ delayMs }) => delayMs)).toEqual([0])
  })

  it('by an entry needs no proxy_arp, but a way by another device', () => {
    const entry = (address: string) => ({
      proxyNeighbours: { known: true, from: '', value: [{ family: 4, ip: address, interface: 'eth0' }] } as const,
    })
    expect(said({ conf: FORWARDS, more: entry('10.1.0.77') }, ask('10.1.0.77'))).toBe('yes proxy-neighbour eth0')
    expect(said({ conf: FORWARDS, more: entry('10.0.0.77') }, ask('10.0.0.77'))).toBe('no')
  })

  it('is not sure of proxy_arp_pvlan of all before Linux 5.10', () => {
    const conf = { ...FORWARDS, 'all.proxy_arp_pvlan': 1 }
    expect(said({ conf, kernel: '4.18.0-553.el8' }, ask('10.0.0.77'))).toBe('unknown')
    expect(said({ conf: { ...conf, 'eth0.proxy_arp_pvlan': 1 }, kernel: '4.18.0' }, ask('10.0.0.77'))).toBe(
      'yes proxy_arp_pvlan eth0',
    )
  })
})

it('a route that refuses is the end: table default is not tried', () => {
  const conf = { ...FORWARDS, 'eth0.proxy_arp': 1 }
  const routes = ['10.9.0.0/16 dev eth1 table default']
  expect(said({ conf, routes }, ask('10.9.0.1'))).toBe('yes proxy_arp eth0')
  expect(said({ conf, routes: [...routes, 'unreachable 10.0.0.0/8'] }, ask('10.9.0.1'))).toBe('no')
})

describe('policy rules', () => {
  const rules = ['0: from all lookup local', '100: from 10.0.0.0/24 iif eth0 lookup 77', '32766: from all lookup main']
  it('send a request elsewhere', () => {
    const conf = { ...FORWARDS, 'eth0.proxy_arp': 1 }
    expect(said({ conf, rules, routes: ['blackhole 10.1.0.0/24 table 77'] }, ask('10.1.0.77'))).toBe('no')
    expect(said({ conf, rules, routes: ['10.1.0.0/24 dev eth0 table 77'] }, ask('10.1.0.77'))).toBe('no')
    expect(said({ conf, rules }, ask('10.1.0.77'))).toBe('yes proxy_arp eth0')
  })

  it('before local silence requests, not probes', () => {
    const early = ['10: to 10.0.0.1 blackhole', '20: from all lookup local', '32766: from all lookup main']
    expect(said({ rules: early }, ask('10.0.0.1'))).toBe('no')
    expect(said({ rules: early }, ask('10.0.0.1', PROBE))).toBe('yes local eth0')
  })
})

describe('what is not known', () => {
  it('is whether a full neighbour table has room for the sender; a probe needs none', () => {
    const entry = (at: number) => ({
      family: 4 as const,
      ip: `10.0.1.${at}`,
      interface: 'eth0',
      mac: 2,
      states: ['STALE'],
    })
    const { sysctls } = sampleHost().sections
    if (!sysctls.known) throw new Error('sysctls')
    const more = {
      neighbours: known([1, 2, 3].map(entry), 'ip neigh'),
      sysctls: known({ ...sysctls.value, neigh4: { default: { gc_thresh3: 3 } } }, 'sysctl'),
    }
    const full = predict(sampleHost({ more }), ask('10.0.0.1'))
    expect([full.answers, full.missing, full.possible.length]).toEqual([
      'unknown',
      ['whether the neighbour table (3 entries, gc_thresh3 3) has room for 10.0.0.9'],
      1,
    ])
    expect(said({ more }, ask('10.0.0.1', PROBE))).toBe('yes local eth0')
    expect(said({ more }, ask('10.0.0.1', { asker: ip('10.0.1.2') }))).toBe('yes local eth0')
  })

  it.each(['addresses', 'routes', 'sysctls', 'links'] as const)('%s: says so', (section) => {
    const { answers, missing } = predict(sampleHost({ more: { [section]: unread(section) } }), ask('10.0.0.1'))
    expect([answers, missing.join()]).toEqual(['unknown', expect.stringContaining('permission denied')])
  })

  it('counts as the default where an older snapshot lacks a setting, and says so', () => {
    const host = sampleHost()
    const { sysctls } = host.sections
    if (!sysctls.known) throw new Error('sysctls')
    const { accept_local: _, ...eth0 } = sysctls.value.ipv4['eth0']!
    const older = { ...sysctls.value, ipv4: { ...sysctls.value.ipv4, eth0 } }
    const prediction = predict(sampleHost({ more: { sysctls: { ...sysctls, value: older } } }), ask('10.0.0.1'))
    expect([prediction.answers, prediction.assumed]).toEqual(['yes', ['net.ipv4.conf.eth0.accept_local = 0']])
  })

  it('is an interface that the host does not have', () => {
    expect(said({}, ask('10.0.0.1', { on: 'eth9' }))).toBe('unknown')
  })
})

it('says which checks decided it, with the setting, its value and where it was read', () => {
  const { because } = predict(sampleHost({ conf: { 'all.arp_ignore': 1 } }), ask('10.1.0.1'))
  expect(because).toEqual([
    {
      check: 'local address',
      outcome: 'passes',
      setting: 'address 10.1.0.1',
      value: '10.1.0.1/24 dev eth1',
      from: 'ip route show table local; ip addr',
      text: '10.1.0.1 is local (on eth1)',
    },
    {
      check: 'arp_ignore',
      outcome: 'stops',
      setting: 'net.ipv4.conf.eth0.arp_ignore',
      value: '1 (all 1, eth0 0)',
      from: '/proc/sys/net/ipv4/conf/{all,eth0}/arp_ignore',
      text: '10.1.0.1 is not an address of eth0, and arp_ignore 1 asks for that',
    },
  ])
})

describe('an announcer', () => {
  const announcement = {
    ip: ip('10.0.0.240'),
    host: 'node-a',
    interfaces: null,
    answers: { broadcast: true, unicast: true, probe: false },
    kernelHasASay: false,
    name: 'MetalLB',
  }

  it('answers by itself, the kinds of request it knows', () => {
    const replies = predict(sampleHost(), ask('10.0.0.240'), [announcement]).replies
    expect(replies).toEqual([{ mac: MAC0, interface: 'eth0', path: 'announcer', delayMs: 0, announcer: 'MetalLB' }])
    expect(predict(sampleHost(), ask('10.0.0.240', PROBE), [announcement]).answers).toBe('no')
    expect(predict(sampleHost(), ask('10.0.0.240'), [{ ...announcement, interfaces: ['eth1'] }]).answers).toBe('no')
    expect(predict(sampleHost(), ask('10.0.0.240'), [{ ...announcement, host: 'node-b' }]).answers).toBe('no')
  })

  it.each([
    ['the interface on which MetalLB announces', { interfaces: 'unknown' as const }],
    ['whether MetalLB answers broadcast requests', { answers: { broadcast: null, unicast: true, probe: true } }],
  ])('is open where %s is not known', (missing, less) => {
    const prediction = predict(sampleHost(), ask('10.0.0.240'), [{ ...announcement, ...less }])
    expect(prediction).toMatchObject({ answers: 'unknown', replies: [], missing: [missing] })
    expect(prediction.possible).toMatchObject([{ mac: MAC0, interface: 'eth0', announcer: 'MetalLB' }])
    expect(prediction.because.at(-1)).toMatchObject({ outcome: 'doubt', text: `${missing} is not known` })
  })

  it('leaves the answer to the kernel where it puts the address on an interface', () => {
    expect(predict(sampleHost(), ask('10.0.0.240'), [{ ...announcement, kernelHasASay: true }]).answers).toBe('no')
  })
})
