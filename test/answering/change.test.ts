import { describe, expect, it } from 'vitest'
import { apply, applyAll } from '../../src/answering/change/apply.js'
import { objection } from '../../src/answering/change/check.js'
import { parseChange, parseHostChange } from '../../src/answering/change/parse.js'
import { formatHostChange } from '../../src/answering/change/text.js'
import { predict } from '../../src/answering/predict.js'
import { known } from '../../src/known.js'
import type { Host } from '../../src/node/model.js'
import { nftChains } from '../../src/node/parse/filter-chains.js'
import { ip, sampleHost } from './sample.js'

const TEXTS = [
  'node-a:net.ipv4.conf.eth0.arp_ignore=1',
  'node-a:net.ipv4.conf.eth0/7.arp_ignore=1',
  'admin@10.0.0.1:net.ipv4.ip_forward=0',
  'fe80::1%eth0:address-del=10.0.0.240/32@lo',
  'node-a:address-add=10.0.0.240/24@eth0',
  'node-a:address-add=2001:db8::240/128 nodad@eth0',
  'node-a:route-add=10.9.0.0/16 via 10.1.0.2 dev eth1 table main',
  'node-a:route-del=blackhole 10.9.0.0/16 table 7',
  'node-a:rule-add=100: from 10.0.0.0/24 iif eth0 lookup 77',
  'node-a:rule-del=9: not from 10.0.0.0/24 to 10.1.0.0/16 blackhole',
  'node-a:proxy-add=10.1.0.77@eth0',
  'node-a:neighbour-del=10.0.0.240 lladdr 02:00:00:00:00:99 permanent@eth0',
  'node-a:neighbour-add=10.0.0.240 lladdr 02:00:00:00:00:99@eth0',
  'node-a:port-neigh_suppress=off@eth0',
  'node-a:link-up=off@eth0.7',
  'node-a:link-arp=on@eth0',
  'node-a:link-mac=02:00:00:00:00:99@eth0',
  'node-a:filter-del=nft arp guard in 0#4: arp daddr ip { 10.0.0.1, 10.0.0.2 } counter drop',
  'node-a:filter-add=ebtables bridge filter INPUT end: -p ARP --arp-ip-dst 10.0.0.1 -j DROP',
]

describe('the text of a change', () => {
  it.each(TEXTS)('%s is read and written', (text) => {
    const change = parseHostChange(text)
    expect(change && formatHostChange(change)).toBe(text)
  })

  it.each([
    'node-a',
    'node-a:arp_ignore=1',
    'node-a:net.ipv4.conf.eth0.arp_ignore=x',
    'node-a:net.ipv4.conf.eth0.arp_ignore=',
    'node-a:address-del=10.0.0.240/33@eth0',
    'node-a:address-del=10.0.0.240/32',
    'node-a:address-move=10.0.0.240/32@eth0',
    'node-a:port-colour=on@eth0',
    'node-a:link-up=yes@eth0',
    'node-a:filter-del=nft ip guard in 0: drop',
    'node-a:filter-del=nft arp guard in: drop',
  ])('%s is none', (text) => {
    expect(parseHostChange(text)).toBeNull()
  })

  it('takes slashes as sysctl(8) does', () => {
    expect(parseChange('net/ipv4/conf/eth0.7/arp_ignore=1')).toEqual(parseChange('net.ipv4.conf.eth0/7.arp_ignore=1'))
  })
})

function answer(host: Host, target: string, on = 'eth0'): string {
  return predict(host, { target: ip(target), asker: ip('10.0.0.9'), to: null, on }).answers
}

function changed(...texts: readonly string[]): Host {
  return applyAll(
    sampleHost(),
    texts.map((text) => parseChange(text)!),
  )
}

describe('a change on the model', () => {
  it.each([
    [['net.ipv4.conf.all.arp_ignore=1'], '10.1.0.1', 'no'],
    [['address-add=10.0.0.240/32@lo'], '10.0.0.240', 'yes'],
    [['address-add=10.0.0.240/32@lo', 'address-del=10.0.0.240/32@lo'], '10.0.0.240', 'no'],
    [['address-del=10.1.0.1/24@eth1'], '10.1.0.1', 'no'],
    [['address-add=10.7.0.1/24@lo'], '10.7.0.99', 'yes'],
    [['address-add=10.7.0.1/32@lo'], '10.7.0.99', 'no'],
    [['net.ipv4.ip_forward=1', 'net.ipv4.conf.eth0.proxy_arp=1'], '10.1.0.77', 'yes'],
    [['net.ipv4.ip_forward=1', 'net.ipv4.conf.eth0.proxy_arp=1', 'link-up=off@eth1'], '10.1.0.77', 'no'],
    [
      ['net.ipv4.ip_forward=1', 'net.ipv4.conf.eth0.proxy_arp=1', 'link-up=off@eth1', 'link-up=on@eth1'],
      '10.1.0.77',
      'yes',
    ],
    [['net.ipv4.ip_forward=1', 'proxy-add=10.1.0.77@eth0'], '10.1.0.77', 'yes'],
    [['net.ipv4.ip_forward=1', 'proxy-add=10.1.0.77@eth0', 'proxy-del=10.1.0.77@eth0'], '10.1.0.77', 'no'],
    [['net.ipv4.ip_forward=1', 'net.ipv4.conf.all.proxy_arp=1', 'route-add=10.9.0.0/16 dev eth1'], '10.9.1.1', 'yes'],
    [['rule-add=0: to 10.0.0.1 blackhole', 'rule-del=0: to 10.0.0.1 blackhole'], '10.0.0.1', 'yes'],
    [['link-arp=off@eth0'], '10.0.0.1', 'no'],
  ] as const)('%j, %s: %s', (texts, target, expected) => {
    expect(answer(changed(...texts), target)).toBe(expected)
  })

  it('leaves the host as it was', () => {
    const host = sampleHost()
    const before = JSON.stringify(host)
    apply(host, parseChange('address-del=10.0.0.1/24@eth0')!)
    expect(JSON.stringify(host)).toBe(before)
  })

  it('of a first address takes the others of its subnet with it, unless they are promoted', () => {
    const two = applyAll(sampleHost(), [parseChange('address-add=10.0.0.240/24@eth0')!])
    const del = parseChange('address-del=10.0.0.1/24@eth0')!
    expect(answer(apply(two, del), '10.0.0.240')).toBe('no')
    const promoting = apply(two, parseChange('net.ipv4.conf.eth0.promote_secondaries=1')!)
    expect(answer(apply(promoting, del), '10.0.0.240')).toBe('yes')
  })
})

it('of the last address of a device takes all of its routes with it, a gateway too', () => {
  const changes = [
    'net.ipv4.ip_forward=1',
    'net.ipv4.conf.eth0.proxy_arp=1',
    'route-add=10.9.0.0/16 via 10.1.0.2 dev eth1',
  ]
  expect(answer(changed(...changes), '10.9.0.1')).toBe('yes')
  expect(answer(changed(...changes, 'address-del=10.1.0.1/24@eth1'), '10.9.0.1')).toBe('no')
})

it('that writes ip_forward as it is leaves the devices as they are', () => {
  const proxy = ['net.ipv4.conf.eth0.forwarding=1', 'net.ipv4.conf.eth0.proxy_arp=1']
  expect(answer(changed(...proxy, 'net.ipv4.ip_forward=0'), '10.1.0.77')).toBe('yes')
  expect(answer(changed(...proxy, 'net.ipv4.ip_forward=1', 'net.ipv4.ip_forward=0'), '10.1.0.77')).toBe('no')
})

describe('a rule of a packet filter', () => {
  const chains = nftChains(
    'table arp guard { # handle 1\n chain in { # handle 1\n type filter hook input priority filter; policy accept;\n arp operation reply accept # handle 2\n arp daddr ip 10.0.0.1 counter packets 3 bytes 84 drop # handle 3\n }\n}\n',
  )
  const guarded = sampleHost({ more: { filterChains: known({ chains, unread: null }, 'test') } })
  const drop = parseChange('filter-del=nft arp guard in 1#3: arp daddr ip 10.0.0.1 counter packets 9 bytes 252 drop')!
  const rulesOf = ({ sections: { filterChains } }: Host) =>
    filterChains.known ? filterChains.value.chains.map(({ rules, handles }) => ({ rules, handles })) : null

  it('is found again though its counter has moved on, and its handle goes with it', () => {
    expect(answer(guarded, '10.0.0.1')).toBe('no')
    expect(answer(apply(guarded, drop), '10.0.0.1')).toBe('yes')
    expect(rulesOf(apply(guarded, drop))).toEqual([{ rules: ['arp operation reply accept'], handles: [2] }])
  })

  it('lets through what another one drops, if it comes before it', () => {
    const accept = (at: string) => parseChange(`filter-add=nft arp guard in ${at}: arp daddr ip 10.0.0.1 accept`)!
    expect(answer(apply(guarded, accept('1')), '10.0.0.1')).toBe('yes')
    expect(answer(apply(guarded, accept('end')), '10.0.0.1')).toBe('no')
  })

  it.each([
    ['filter-del=nft arp guard out 0: drop', /no filter chain "nft arp guard out"; it has nft arp guard in/],
    ['filter-del=nft arp guard in 0: drop', /no rule in the chain in "drop"; it has arp operation reply accept, arp/],
  ])('that is not there is known: %s', (text, expected) => {
    expect(objection(guarded, parseChange(text)!)).toMatch(expected)
    expect(objection(guarded, drop)).toBeNull()
  })
})

describe('a change that the host cannot take', () => {
  it.each([
    ['net.ipv4.conf.eth7.arp_ignore=1', 'node-a has no interface "eth7"; it has all, default, lo, eth0, eth1'],
    ['net.ipv4.conf.eth0.arp_colour=1', /has no net.ipv4.conf key "arp_colour"; it has .*arp_ignore/],
    ['net.ipv4.tcp_syncookies=1', /has no key "net.ipv4.tcp_syncookies"; it has net.ipv4.ip_forward/],
    ['address-del=10.0.0.240/32@eth7', 'node-a has no interface "eth7"; it has lo, eth0, eth1'],
    ['port-isolated=on@eth0', 'node-a has no bridge port "eth0"; it has none'],
  ])('%s', (text, expected) => {
    expect(objection(sampleHost(), parseChange(text)!)).toEqual(
      typeof expected === 'string' ? expected : expect.stringMatching(expected),
    )
  })

  it('is none of those that it can', () => {
    expect(objection(sampleHost(), parseChange('net.ipv4.conf.eth0.arp_ignore=1')!)).toBeNull()
  })
})
