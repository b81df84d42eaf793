import { describe, expect, it } from 'vitest'
import { formatChange } from '../../../src/answering/change/text.js'
import { tabling } from '../../../src/facts/answers/table.js'
import { known } from '../../../src/known.js'
import { nftChains } from '../../../src/node/parse/filter-chains.js'
import { hostCures } from '../../../src/rules/answers/silence-cures.js'
import { atOnce } from '../../../src/steps.js'
import { ip, MAC0, type SampleHost, sampleHost } from '../../answering/sample.js'

const VIP = '10.0.0.240'
const LO = { name: 'lo', flags: ['LOOPBACK', 'UP'], mac: 0 }
const OWN = ['10.0.0.1/24 eth0', `${VIP}/32 eth0`]

/** The changes of each cure, best first, as `predict --set` writes them. */
function cures(sample: SampleHost, expectedMacs: readonly number[] = []): string[][] {
  const host = sampleHost({ links: [LO, { name: 'eth0' }], addresses: OWN, ...sample })
  const question = { vips: [ip(VIP)], expectedMacs, own: { macs: [], ips: [] }, probed: true }
  const [table] = atOnce(tabling({ question, hosts: [host] })).tables
  return table!.silent.flatMap((silent) =>
    hostCures(silent, host, table!).map(({ changes }) => changes.map(formatChange)),
  )
}

const filtered = (...rules: readonly string[]) => {
  const lines = rules.map((rule, at) => `  ${rule} # handle ${at + 2}\n`).join('')
  const head = 'table arp t { # handle 1\n chain in { # handle 1\n  type filter hook input priority 0; policy accept;\n'
  return { filterChains: known({ chains: nftChains(`${head}${lines} }\n}\n`), unread: null }, 'test') }
}

describe('a host that a packet filter keeps silent', () => {
  it('is rid of a rule for the address alone', () => {
    const rule = `arp daddr ip ${VIP} counter packets 7 bytes 196 drop`
    expect(cures({ more: filtered('accept', rule) })).toEqual([])
    expect(cures({ more: filtered('arp operation reply accept', rule) })).toEqual([
      [`filter-del=nft arp t in 1#3: arp daddr ip ${VIP} counter drop`],
    ])
  })

  it('keeps a rule that has others in mind too, behind one that accepts the address', () => {
    const rule = 'arp daddr ip 10.0.0.128/25 drop'
    expect(cures({ more: filtered('arp operation reply accept', rule) })).toEqual([
      [`filter-add=nft arp t in 1: arp daddr ip ${VIP} accept`],
      [`filter-del=nft arp t in 1#3: ${rule}`],
    ])
  })

  it('is rid of a rule that makes it mute first', () => {
    expect(cures({ more: filtered('iifname "eth0" drop') })[0]).toEqual([
      'filter-del=nft arp t in 0#2: iifname "eth0" drop',
    ])
  })

  it('needs both changes where something else silences it too', () => {
    const rule = `arp daddr ip ${VIP} drop`
    const addresses = ['10.0.0.1/24 eth0', `${VIP}/32 lo`]
    expect(cures({ addresses, conf: { 'eth0.arp_ignore': 1 }, more: filtered(rule) })).toEqual([
      [`filter-del=nft arp t in 0#2: ${rule}`, 'net.ipv4.conf.eth0.arp_ignore=0'],
    ])
  })
})

describe('a host that holds the address on another interface', () => {
  it('has that one set up first, where it is down', () => {
    const links = [LO, { name: 'eth0' }, { name: 'svc0', kind: 'macvlan', parent: 'eth0', flags: [] }]
    const addresses = ['10.0.0.1/24 eth0', `${VIP}/32 svc0`]
    expect(cures({ links, addresses, conf: { 'eth0.arp_ignore': 1 } })).toEqual([
      ['link-up=on@svc0'],
      ['net.ipv4.conf.eth0.arp_ignore=0'],
      [`address-add=${VIP}/32@eth0`],
    ])
  })

  it('answers for the address on the interface itself with arp_ignore 1 where more is held aside', () => {
    const addresses = [...OWN, '10.0.0.241/32 lo']
    expect(cures({ conf: { 'eth0.arp_ignore': 8 } })).toEqual([['net.ipv4.conf.eth0.arp_ignore=0']])
    expect(cures({ addresses, conf: { 'eth0.arp_ignore': 8 } })).toEqual([['net.ipv4.conf.eth0.arp_ignore=1']])
  })
})

it('a host whose own rule leads requests elsewhere is rid of it, and of no other', () => {
  const rules = [`50: from all to ${VIP} blackhole`, '60: from 10.9.0.0/16 lookup 77', '100: from all lookup local']
  expect(cures({ rules })).toEqual([[`rule-del=50: from all to ${VIP}/32 blackhole`]])
})

describe('a host that should have the address and does not', () => {
  const addresses = ['10.0.0.1/24 eth0']

  it('gets it where the operator names it', () => {
    expect(cures({ addresses }, [MAC0])).toEqual([[`address-add=${VIP}/32@eth0`]])
  })

  it('gets none where it has no address of that network', () => {
    expect(cures({ addresses: ['10.7.0.1/24 eth0'] }, [MAC0])).toEqual([])
  })
})
