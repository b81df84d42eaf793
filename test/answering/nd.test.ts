import { describe, expect, it } from 'vitest'
import { answerer } from '../../src/answering/answerer.js'
import { applyAll } from '../../src/answering/change/apply.js'
import { parseChange } from '../../src/answering/change/parse.js'
import { likelyAsker } from '../../src/answering/likely-asker.js'
import type { Question } from '../../src/answering/model.js'
import { predict } from '../../src/answering/predict.js'
import { known, unknown } from '../../src/known.js'
import type { Host } from '../../src/node/model.js'
import { nftChains } from '../../src/node/parse/filter-chains.js'
import { MAC0 } from './sample.js'
import { ip6, type SampleHost6, sampleHost6 } from './sample6.js'

const ask = (host: Host, target: string, more: Partial<Question> = {}) =>
  predict(host, { target: ip6(target), asker: ip6('2001:db8::9'), to: null, on: 'eth0', ...more })

/** The check that ended it, and what came of it. */
const outcome = (host: Host, target: string, more: Partial<Question> = {}) => {
  const { answers, because, replies } = ask(host, target, more)
  return [answers, because.findLast(({ outcome }) => outcome !== 'passes')?.check ?? replies[0]?.path]
}

const OWN = '2001:db8::1'

describe('a solicitation for an address of the interface', () => {
  it.each([
    ['of the group', {}, true],
    ['to the host itself', { to: MAC0 }, false],
    ['from ::', { asker: null }, true],
  ])('%s is answered, the O flag being as the kernel sets it', (_, more, override) => {
    expect(ask(sampleHost6(), OWN, more)).toMatchObject({
      answers: 'yes',
      replies: [{ mac: MAC0, interface: 'eth0', path: 'local', delayMs: 0, override }],
    })
  })

  it('of another interface is not: IPv6 has no weak host model', () => {
    expect(outcome(sampleHost6(), '2001:db8:1::1')).toEqual(['no', 'address on interface'])
    expect(outcome(sampleHost6(), '2001:db8:1::1', { to: MAC0 })).toEqual(['no', 'address on interface'])
    expect(outcome(sampleHost6(), '2001:db8::77')).toEqual(['no', 'local address'])
  })

  it.each<[string, SampleHost6, Partial<Question>, string]>([
    ['a tentative address', { addresses: [`${OWN}/64 eth0 tentative`] }, {}, 'DAD'],
    ['one whose detection failed', { addresses: [`${OWN}/64 eth0 tentative dadfailed`] }, {}, 'DAD'],
    ['IPv6 switched off', { conf: { 'eth0.disable_ipv6': 1 } }, {}, 'disable_ipv6'],
    ['an MTU below 1280', { links: [{ name: 'eth0', mtu: 1000 }] }, {}, 'IPv6'],
    ['a group that was left', { unjoined: ['ff02::1:ff00:1 eth0'] }, {}, 'solicited-node group'],
    ['another hop limit', {}, { solicitation: { hopLimit: 64 } }, 'hop limit'],
    ['a fragment header', {}, { solicitation: { fragment: true } }, 'fragment'],
    ['a probe to the host itself', {}, { asker: null, to: MAC0 }, 'probe'],
    ['a probe with a link-layer address', {}, { asker: null, solicitation: { sourceLinkAddress: true } }, 'probe'],
    ['no link-layer address of an unknown asker', {}, { solicitation: { sourceLinkAddress: false } }, 'asker'],
    ['another MAC', {}, { to: 0x02_00_00_00_00_99 }, 'destination MAC'],
    ['a device with NOARP', { links: [{ name: 'eth0', flags: ['UP', 'LOWER_UP', 'NOARP'] }] }, {}, 'NOARP'],
  ])('is not: %s', (_, sample, more, check) => expect(outcome(sampleHost6(sample), OWN, more)).toEqual(['no', check]))

  it('is answered without the O flag while it is optimistic, and not to a probe', () => {
    const host = sampleHost6({ addresses: [`${OWN}/64 eth0 tentative optimistic`] })
    expect(ask(host, OWN)).toMatchObject({ answers: 'yes', replies: [{ override: false }] })
    expect(outcome(host, OWN, { asker: null })).toEqual(['no', 'DAD'])
  })

  it('behind a fragment header is answered where suppress_frag_ndisc is off', () => {
    const host = sampleHost6({ conf: { 'eth0.suppress_frag_ndisc': 0 } })
    expect(ask(host, OWN, { solicitation: { fragment: true } }).answers).toBe('yes')
  })
})

describe('a proxy', () => {
  const proxy = (conf: Readonly<Record<string, number>>) =>
    sampleHost6({ proxied: ['2001:db8::50 eth0'], conf: { 'eth0.forwarding': 1, 'eth0.proxy_ndp': 1, ...conf } })

  it('answers by its entry, on its own side too, late and without the O flag', () => {
    expect(ask(proxy({}), '2001:db8::50')).toMatchObject({
      answers: 'yes',
      replies: [{ path: 'proxy-neighbour', delayMs: 800, override: false }],
    })
  })

  it('needs forwarding of the device and proxy_ndp of the device or of all', () => {
    expect(outcome(proxy({ 'eth0.forwarding': 0 }), '2001:db8::50')).toEqual(['no', 'forwarding'])
    expect(outcome(proxy({ 'eth0.proxy_ndp': 0 }), '2001:db8::50')).toEqual(['no', 'proxy_ndp'])
    expect(ask(proxy({ 'eth0.proxy_ndp': 0, 'all.proxy_ndp': 1 }), '2001:db8::50').answers).toBe('yes')
    expect(outcome(proxy({}), '2001:db8::51')).toEqual(['no', 'local address'])
  })

  it('answers a unicast only where `all` forwards and proxies', () => {
    expect(ask(proxy({}), '2001:db8::50', { to: MAC0 }).answers).toBe('no')
    const all = proxy({ 'all.forwarding': 1, 'all.proxy_ndp': 1 })
    expect(ask(all, '2001:db8::50', { to: MAC0 })).toMatchObject({ answers: 'yes', replies: [{ delayMs: 0 }] })
  })
})

describe('a packet filter of IPv6', () => {
  const filtered = (rule: string, hook = 'input', type = 'filter') => {
    const text = `table inet t {\n chain c {\n type ${type} hook ${hook} priority filter; policy accept;\n ${rule}\n }\n}`
    return sampleHost6({ more: { ipv6FilterChains: known({ chains: nftChains(text), unread: null }, 'sample') } })
  }

  it.each([
    ['icmpv6 type nd-neighbor-solicit drop', 'input', 'no'],
    ['icmpv6 type { nd-router-advert, nd-neighbor-solicit } drop', 'prerouting', 'no'],
    ['icmpv6 type nd-neighbor-advert drop', 'output', 'no'],
    ['icmpv6 type nd-neighbor-advert drop', 'input', 'yes'],
    ['ip6 saddr 2001:db8::/64 drop', 'input', 'no'],
    ['ip6 saddr 2001:db8:2::/64 drop', 'input', 'yes'],
    ['ct state invalid,new drop', 'input', 'yes'],
    ['ct state untracked drop', 'input', 'no'],
    ['ip saddr 10.0.0.0/8 drop', 'input', 'yes'],
    ['tcp dport 22 drop', 'input', 'yes'],
    ['rt type 0 drop', 'input', 'unknown'],
  ])('%s in the hook %s: %s', (rule, hook, answers) => expect(ask(filtered(rule, hook), OWN).answers).toBe(answers))

  it('of type nat sees no solicitation', () => {
    expect(ask(filtered('drop', 'prerouting', 'nat'), OWN).answers).toBe('yes')
  })
})

describe('what was not read', () => {
  it('of an older snapshot counts as the kernel starts with it, and is listed', () => {
    const gap = unknown('node-a: x', 'not collected')
    const { answers, assumed } = ask(
      sampleHost6({ more: { solicitedGroups: gap, ipv6FilterChains: gap, programs: gap } }),
      OWN,
    )
    expect(answers).toBe('yes')
    expect(assumed).toEqual([
      'eth0 has joined ff02::1:ff00:1 (node-a: x: not collected)',
      'no packet filter drops neighbour discovery (node-a: x: not collected)',
      'no tc filter (node-a: x: not collected)',
    ])
  })

  it('leaves the answer open where it decides', () => {
    const host = sampleHost6({ more: { routes: unknown('node-a: ip route', 'not permitted') } })
    expect(ask(host, OWN)).toMatchObject({ answers: 'unknown', missing: [expect.stringMatching(/^routes /)] })
  })
})

describe('changes of IPv6', () => {
  const changed = (host: Host, ...changes: string[]) =>
    applyAll(
      host,
      changes.flatMap((text) => parseChange(text) ?? []),
    )

  it('move an address with its group', () => {
    const moved = changed(sampleHost6(), 'address-add=2001:db8::240/128@eth0')
    expect(ask(moved, '2001:db8::240').answers).toBe('yes')
    expect(ask(changed(moved, 'address-del=2001:db8::240/128@eth0'), '2001:db8::240').answers).toBe('no')
  })

  it.each([
    [200, 'no'],
    [256, 'yes'],
    [257, 'yes'],
    [-1, 'no'],
  ])('add an address that is there after eight bits of dad_transmits %i: %s', (transmits, answers) => {
    const slow = sampleHost6({ conf: { 'eth0.dad_transmits': transmits } })
    expect(ask(changed(slow, 'address-add=2001:db8::240/128@eth0'), '2001:db8::240').answers).toBe(answers)
  })

  it('switch IPv6 off with all addresses of the device, and on again with the link-local one', () => {
    const off = changed(sampleHost6(), 'net.ipv6.conf.eth0.disable_ipv6=1')
    expect(outcome(off, OWN)).toEqual(['no', 'disable_ipv6'])
    const on = changed(off, 'net.ipv6.conf.eth0.disable_ipv6=0')
    expect(outcome(on, OWN)).toEqual(['no', 'local address'])
    expect(ask(on, 'fe80::ff:fe00:1').answers).toBe('yes')
  })

  it('of `all` reach every device, and make a router answer for the anycast address of its subnets', () => {
    const router = changed(sampleHost6(), 'net.ipv6.conf.all.forwarding=1')
    expect(ask(router, '2001:db8::')).toMatchObject({ answers: 'yes', replies: [{ path: 'anycast', override: false }] })
    expect(ask(changed(router, 'net.ipv6.conf.all.forwarding=0'), '2001:db8::').answers).toBe('no')
  })

  it('make a proxy of a router', () => {
    const changes = ['net.ipv6.conf.all.forwarding=1', 'net.ipv6.conf.eth0.proxy_ndp=1', 'proxy-add=2001:db8::50@eth0']
    const proxy = changed(sampleHost6(), ...changes)
    expect(ask(proxy, '2001:db8::50').answers).toBe('yes')
    expect(ask(changed(proxy, 'proxy-del=2001:db8::50@eth0'), '2001:db8::50').answers).toBe('no')
  })
})

it('many targets are judged as one is', () => {
  const host = sampleHost6({ addresses: ['2001:db8::1/64 eth0', '2001:db8::240/128 lo'] })
  const of = answerer(host, { asker: ip6('2001:db8::9'), to: null, on: 'eth0' })
  for (const target of ['2001:db8::1', '2001:db8::240', '2001:db8::77', '2001:db8::'])
    expect({ target, answers: of(ip6(target)).answers }).toEqual({ target, answers: ask(host, target).answers })
})

it('the asker of a question without one is a client of the subnet', () => {
  expect(likelyAsker([sampleHost6()], ip6('2001:db8::240'))).toBe('2001:db8::ffff:ffff:ffff:fffe')
})
