import { describe, expect, it } from 'vitest'
import { filter } from '../../src/answering/filter/chains.js'
import type { ArpPacket } from '../../src/answering/filter/packet.js'
import { predict } from '../../src/answering/predict.js'
import { known } from '../../src/known.js'
import { arptablesChains, ebtablesChains, nftChains } from '../../src/node/parse/filter-chains.js'
import { ip, sampleHost, unread } from './sample.js'

const REQUEST: ArpPacket = {
  operation: 1,
  senderIp: ip('10.0.0.9'),
  targetIp: ip('10.0.0.1'),
  senderMac: null,
  destination: 0xffff_ffff_ffff,
  broadcast: true,
  input: 'eth0',
  output: null,
  bridge: null,
}

function fate(...rules: readonly string[]): string {
  const text = `table arp t {\n\tchain more {\n\t\tarp daddr ip 10.0.0.1 drop\n\t}\n\n\tchain in {\n\t\ttype filter hook input priority filter; policy accept;\n${rules.map((rule) => `\t\t${rule}\n`).join('')}\t}\n}\n`
  return filter(nftChains(text), ['arp'], 'input', REQUEST).fate
}

describe('rules of nft', () => {
  it.each([
    [['arp daddr ip 10.0.0.1 drop'], 'drops'],
    [['arp daddr ip 10.0.0.2 drop'], 'passes'],
    [['arp daddr ip != 10.0.0.2 drop'], 'drops'],
    [['arp daddr ip { 10.0.0.1, 10.0.0.2 } counter packets 3 bytes 84 drop'], 'drops'],
    [['arp daddr ip 10.0.0.0/24 drop'], 'drops'],
    [['arp daddr ip 10.0.0.2-10.0.0.9 drop'], 'passes'],
    [['arp saddr ip 10.0.0.9 log prefix "seen drop" drop'], 'drops'],
    [['arp operation reply drop'], 'passes'],
    [['arp operation { request, reply } iifname "eth*" drop'], 'drops'],
    [['iifname "eth1" drop'], 'passes'],
    [['accept', 'drop'], 'passes'],
    [['jump more', 'accept'], 'drops'],
    [['return', 'drop'], 'passes'],
    [['arp saddr ether 02:00:00:00:00:01 drop'], 'open'],
    [['limit rate 10/second accept', 'drop'], 'open'],
    [['arp daddr ip @vips drop'], 'open'],
    [['arp daddr ip @vips drop', 'drop'], 'drops'],
    [['ip saddr 10.0.0.9 drop'], 'passes'],
    [['arp daddr ip 10.0.0.1 drop comment "why"'], 'drops'],
  ])('%j: %s', (rules, expected) => {
    expect(fate(...rules)).toBe(expected)
  })

  it('of one hook are tried by priority, and a policy is the last of them', () => {
    const text = [
      'table arp t {',
      '  chain late { type filter hook input priority filter + 10; policy drop;',
      '  }',
      '  chain early { type filter hook input priority -5; policy accept;',
      '    accept',
      '  }',
      '}',
    ].join('\n')
    // the head on a line of its own, as nft prints it
    const printed = text.replaceAll('{ type', '{\n type')
    expect(nftChains(printed).map(({ name, priority, policy }) => [name, priority, policy])).toEqual([
      ['late', 10, 'drop'],
      ['early', -5, 'accept'],
    ])
    expect(filter(nftChains(printed), ['arp'], 'input', REQUEST)).toMatchObject({ fate: 'drops', rule: 'policy drop' })
  })
})

describe('rules of arptables and ebtables', () => {
  it.each([
    ['-j DROP -i eth0 -d 10.0.0.1', 'drops'],
    ['-j DROP -i eth1 -d 10.0.0.1', 'passes'],
    ['-j DROP ! -d 10.0.0.1', 'passes'],
    ['-j DROP -i * -o * -d 10.0.0.0/24 --opcode 1', 'drops'],
    ['-j mangle -d 10.0.0.1', 'open'],
  ])('arptables %s: %s', (rule, expected) => {
    const text = `Chain INPUT (policy ACCEPT)\n${rule}\n\nChain OUTPUT (policy ACCEPT)\n`
    expect(filter(arptablesChains(text), ['arp'], 'input', REQUEST).fate).toBe(expected)
  })

  it.each([
    ['-p ARP -i eth0 --arp-ip-dst 10.0.0.1 -j DROP', 'drops'],
    ['-p ARP --arp-op Request --arp-ip-dst ! 10.0.0.1 -j DROP', 'passes'],
    ['-p IPv4 -j DROP', 'passes'],
    ['-p ARP --arp-ip-dst 10.0.0.1 -j arpreply --arpreply-mac 02:00:00:00:00:01', 'open'],
  ])('ebtables %s: %s', (rule, expected) => {
    const text = `Bridge table: nat\n\nBridge chain: PREROUTING, entries: 1, policy: ACCEPT\n${rule}\n`
    expect(filter(ebtablesChains(text, 'nat'), ['bridge'], 'prerouting', REQUEST).fate).toBe(expected)
  })
})

describe('in a prediction', () => {
  const question = { target: ip('10.0.0.1'), asker: ip('10.0.0.9'), to: null, on: 'eth0' }

  it('a rule that drops is the reason', () => {
    const text =
      'table arp t {\n chain in {\n type filter hook input priority filter; policy accept;\n arp daddr ip 10.0.0.1 drop\n }\n}'
    const filterChains = known({ chains: nftChains(text), unread: null }, 'nft')
    const { answers, because } = predict(sampleHost({ more: { filterChains } }), question)
    expect([answers, because.at(-1)]).toEqual([
      'no',
      {
        check: 'packet filter',
        outcome: 'stops',
        setting: 'nft arp table t, chain in',
        value: 'arp daddr ip 10.0.0.1 drop',
        from: 'nft list ruleset',
        text: 'the packet filter drops the request for 10.0.0.1',
      },
    ])
  })

  it('filters that could not be read count as none, and it says so', () => {
    const gap = unread('nft list ruleset arp')
    const filterChains = known({ chains: [], unread: gap.known ? null : gap.gap }, 'nft')
    const { answers, assumed } = predict(sampleHost({ more: { filterChains } }), question)
    expect([answers, assumed]).toEqual([
      'yes',
      ['no packet filter drops ARP (node-a: nft list ruleset arp: permission denied)'],
    ])
  })
})
