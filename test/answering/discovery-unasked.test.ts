import { describe, expect, it } from 'vitest'
import { discoveryMutesOf, discoveryStraysOf } from '../../src/answering/unasked/discovery.js'
import { known } from '../../src/known.js'
import { nftChains } from '../../src/node/parse/filter-chains.js'
import { PORT } from './sample-port.js'
import { type SampleHost6, sampleHost6 } from './sample6.js'

const OWN = ['fe80::1/64 eth0', '2001:db8::1/64 eth0']
const mutes = (sample: SampleHost6) =>
  discoveryMutesOf(sampleHost6({ addresses: OWN, links: [{ name: 'eth0' }], ...sample })).map(
    ({ ips, deciding }) => `${deciding.check}: ${ips.join()}`,
  )
const filter = (rule: string) => {
  const text = `table inet t {\n chain c {\n type filter hook input priority filter; policy accept;\n ${rule}\n }\n}`
  return { ipv6FilterChains: known({ chains: nftChains(text), unread: null }, 'sample') }
}

describe('own IPv6 addresses that nobody gets an answer for', () => {
  it.each<[string, SampleHost6, string[]]>([
    ['none of a host as it should be', {}, []],
    [
      'one whose detection failed',
      { addresses: [...OWN, '2001:db8::7/64 eth0 tentative dadfailed'] },
      ['DAD: 2001:db8::7'],
    ],
    ['none while detection runs', { addresses: [...OWN, '2001:db8::7/64 eth0 tentative'] }, []],
    ['a link-local one too', { addresses: ['fe80::1/64 eth0 tentative dadfailed', OWN[1]!] }, ['DAD: fe80::1']],
    [
      'all of them by a filter',
      { more: filter('icmpv6 type nd-neighbor-solicit drop') },
      ['packet filter: fe80::1,2001:db8::1'],
    ],
    [
      'none by a filter that lets neighbours through',
      { more: filter('ip6 saddr != fe80::/10 icmpv6 type nd-neighbor-solicit drop') },
      [],
    ],
    [
      'none that the kernel gave a bridge port',
      {
        links: [
          { name: 'eth0', master: 'br0', bridgePort: PORT },
          { name: 'br0', kind: 'bridge' },
        ],
        addresses: ['fe80::1/64 eth0', '2001:db8::1/64 br0', 'fe80::2/64 br0'],
      },
      [],
    ],
    ['none that is on lo', { addresses: [...OWN, '2001:db8::240/128 lo'] }, []],
    [
      'one whose group was not joined',
      { unjoined: ['ff02::1:ff00:7 eth0'], addresses: [...OWN, '2001:db8::7/64 eth0'] },
      [expect.stringMatching(/^\S.*: 2001:db8::7$/)],
    ],
  ])('%s', (_, sample, wanted) => {
    expect(mutes(sample)).toEqual(wanted)
  })
})

describe('proxy entries of IPv6', () => {
  const strays = (conf: Record<string, number>) =>
    discoveryStraysOf(
      sampleHost6({
        links: [{ name: 'eth0' }],
        addresses: OWN,
        conf,
        proxied: ['2001:db8::50 eth0', '2001:db8::51 eth0'],
      }),
    )
  const ROUTER = { 'all.forwarding': 1, 'eth0.forwarding': 1 }

  it('count where the host forwards and proxies', () => {
    expect(strays({ ...ROUTER, 'eth0.proxy_ndp': 1 })).toMatchObject([
      { kind: 'entry', interface: 'eth0', targets: ['2001:db8::50', '2001:db8::51'] },
    ])
  })

  it('do nothing without either', () => {
    expect(strays(ROUTER)).toEqual([])
    expect(strays({ 'eth0.proxy_ndp': 1 })).toEqual([])
  })
})
