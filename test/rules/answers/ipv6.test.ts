import { describe, expect, it } from 'vitest'
import { formatChange } from '../../../src/answering/change/text.js'
import { predict } from '../../../src/answering/predict.js'
import type { Charge } from '../../../src/facts/answers/charge.js'
import type { AnswerTable, PutQuestion } from '../../../src/facts/answers/model.js'
import { tabling } from '../../../src/facts/answers/table.js'
import { silentHosts } from '../../../src/facts/answers/unanswered.js'
import { known } from '../../../src/known.js'
import type { Host } from '../../../src/node/model.js'
import { nftChains } from '../../../src/node/parse/filter-chains.js'
import { cureOf } from '../../../src/rules/answers/cures.js'
import { faultySilence } from '../../../src/rules/answers/silence.js'
import { hostCures } from '../../../src/rules/answers/silence-cures.js'
import { answeringOf, unwantedOf } from '../../../src/rules/answers/unwanted.js'
import { commandOf } from '../../../src/rules/changes/command.js'
import { atOnce } from '../../../src/steps.js'
import { MAC0 } from '../../answering/sample.js'
import { ip6, type SampleHost6, sampleHost6 } from '../../answering/sample6.js'

const VIP = '2001:db8::240'
const OWN = ['fe80::1/64 eth0', '2001:db8::1/64 eth0']

function tableOf(hosts: readonly Host[], expectedMacs: readonly number[] = []) {
  const question = { vips: [ip6(VIP)], expectedMacs, own: { macs: [], ips: [] }, probed: true }
  return atOnce(tabling({ question, hosts })).tables[0]!
}

/** The commands of each cure for a host that keeps silent. */
function silenceCures(sample: SampleHost6, expectedMacs: readonly number[] = []): string[][] {
  const host = sampleHost6(sample)
  const table = tableOf([host], expectedMacs)
  return table.silent.flatMap((silent) =>
    hostCures(silent, host, table).map(({ changes }) => changes.map((change) => `${commandOf(change)}`)),
  )
}

describe('a host that keeps silent about an IPv6 address', () => {
  it('gets the address as a single one, on the device of its subnet', () => {
    expect(silenceCures({ addresses: OWN }, [MAC0])).toEqual([[`ip address add ${VIP}/128 dev eth0`]])
  })

  it.each([
    [
      'a router before it: a proxy entry, not the address',
      [`${VIP} dev eth1`],
      [`ip -6 neigh add proxy ${VIP} dev eth0`],
    ],
    ['a wide route elsewhere: the address', ['2001:d00::/24 dev eth1'], [`ip address add ${VIP}/128 dev eth0`]],
  ])('gets what fits %s', (_, routes, commands) => {
    const links = [{ name: 'eth0' }, { name: 'eth1', mac: MAC0 + 1 }]
    const conf = { 'all.forwarding': 1, 'eth0.forwarding': 1, 'eth0.proxy_ndp': 1 }
    expect(silenceCures({ links, addresses: OWN, routes, conf }, [MAC0])).toEqual([commands])
  })

  it('detects duplicates again where nobody has the address any more', () => {
    const addresses = [...OWN, `${VIP}/128 eth0 tentative dadfailed`]
    expect(silenceCures({ addresses })).toEqual([
      [`ip address del ${VIP}/128 dev eth0`, `ip address add ${VIP}/128 dev eth0`],
    ])
    expect(silenceCures({ addresses: [...OWN, `${VIP}/128 eth0 tentative`] })).toEqual([])
  })

  it.each([
    [300, 0],
    [200, 1],
    [-1, 1],
  ])('waits for a detection with dad_transmits %i, of which the kernel takes eight bits: cures %i', (value, count) => {
    const host = { addresses: [...OWN, `${VIP}/128 eth0 tentative`], conf: { 'eth0.dad_transmits': value } }
    expect(silenceCures(host)).toHaveLength(count)
  })

  const ALLOWED = "nft insert rule inet t c 'icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept'"
  it.each([
    ['goes, where it is for solicitations alone', 'icmpv6 type nd-neighbor-solicit drop', 2],
    ['stays, where it is for more', 'icmpv6 type { nd-neighbor-solicit, echo-request } drop', 1],
    ['stays, where it is for all of a protocol', 'meta l4proto ipv6-icmp drop', 1],
  ])('a rule of a packet filter %s', (_, rule, count) => {
    const text = `table inet t {\n chain c {\n type filter hook input priority filter; policy accept;\n ${rule}\n }\n}`
    const more = { ipv6FilterChains: known({ chains: nftChains(text), unread: null }, 'sample') }
    const cures = silenceCures({ addresses: [...OWN, `${VIP}/128 eth0`], more })
    expect(cures).toHaveLength(count)
    expect(cures.at(-1)).toEqual([ALLOWED])
    if (count > 1) expect(cures[0]![0]).toMatch(/^nft delete rule inet t c handle/)
  })
})

describe('an address that another machine answers for', () => {
  const faulty = (flags: string, explanations: readonly unknown[] = []) => {
    const host = sampleHost6({ addresses: [...OWN, `${VIP}/128 eth0 ${flags}`] })
    const asked = { mode: 'broadcast', asker: ip6('2001:db8::9'), askerMac: MAC0 + 9, to: null, sent: 6, answered: 6 }
    const answered = { broadcast: { answered: 0 }, unicast: { answered: 0 } }
    const responders = [{ claim: { answered }, explanations, against: [], owners: [], behind: [] }]
    const table = { ...tableOf([host]), seen: {}, put: [asked], responders } as unknown as AnswerTable
    return faultySilence(table, [host]).map(({ deciding }) => deciding.value)
  }

  it('is a fault of the host whose duplicate address detection failed', () => {
    expect(faulty('tentative dadfailed')).toEqual([expect.stringContaining('dadfailed')])
  })

  it('is one of a host that still asks whether it may have it, unless another host that was read answers', () => {
    expect(faulty('tentative')).toEqual([expect.stringContaining('tentative')])
    expect(faulty('tentative', [{ host: 'another' }])).toEqual([])
  })
})

describe('a host that answers for an IPv6 address on two interfaces', () => {
  const cures = (addresses: readonly string[]) => {
    const host = sampleHost6({ links: [{ name: 'eth0' }, { name: 'eth1', mac: MAC0 + 1 }], addresses })
    const table = tableOf([host])
    const all = answeringOf(table, [host])
    return unwantedOf(table, [host]).map((one) => {
      const cure = cureOf(one, table, all)
      return cure.kind === 'host' ? cure.changes.map(formatChange) : cure.kind
    })
  }

  it('loses it on one of them, and no setting of ARP is proposed', () => {
    const found = cures([...OWN, `${VIP}/128 eth0`, 'fe80::2/64 eth1', '2001:db8::2/64 eth1', `${VIP}/128 eth1`])
    expect(found).toEqual([[expect.stringMatching(/2001:db8::240\/128/)]])
  })

  it('keeps one that may be its own', () => {
    expect(cures([...OWN, `${VIP}/64 eth0`, 'fe80::2/64 eth1', `${VIP}/64 eth1`])).toEqual(['look'])
  })
})

describe('routers that answer for the anycast address of their subnet', () => {
  const router = (name: string, mac: number, more: readonly string[] = []): Host => ({
    ...sampleHost6({
      links: [{ name: 'eth0', mac }],
      addresses: [`fe80::${mac % 7}/64 eth0`, `2001:db8::${mac % 7}/64 eth0`, ...more],
      conf: { 'all.forwarding': 1, 'eth0.forwarding': 1 },
      routes: ['anycast 2001:db8:: dev eth0 table local proto kernel metric 0'],
      unjoined: [],
    }),
    name,
  })
  const joined = (host: Host): Host => {
    const groups = host.sections.solicitedGroups
    const all = groups.known ? [...groups.value, { interface: 'eth0', group: 'ff02::1:ff00:0' }] : []
    return { ...host, sections: { ...host.sections, solicitedGroups: known(all, 'sample') } }
  }
  const hosts = [joined(router('a', MAC0)), joined(router('b', MAC0 + 1))]

  it('are no duplicates', () => {
    const question = { vips: [ip6('2001:db8::')], expectedMacs: [], own: { macs: [], ips: [] }, probed: true }
    const table = atOnce(tabling({ question, hosts })).tables[0]!
    expect(answeringOf(table, hosts).map(({ explanation }) => explanation.reply.path)).toEqual(['anycast', 'anycast'])
    expect(unwantedOf(table, hosts)).toEqual([])
  })
})

describe('an announcer that answers only multicast solicitations', () => {
  const host = sampleHost6({ addresses: OWN })
  const announcement = {
    ip: ip6(VIP),
    host: host.name,
    interfaces: null,
    answers: { broadcast: true, unicast: false, probe: false },
    kernelHasASay: false,
    name: 'MetalLB',
  }
  const charge = { host: host.name, title: 'MetalLB', kernelHasASay: false, lacking: null } as unknown as Charge
  const silent = (mode: 'broadcast' | 'unicast') => {
    const put: PutQuestion = {
      mode,
      asker: ip6('2001:db8::9'),
      askerMac: null,
      to: mode === 'unicast' ? MAC0 : null,
      sent: 3,
      answered: 0,
    }
    const prediction = predict(host, { target: ip6(VIP), asker: put.asker, to: put.to, on: 'eth0' }, [announcement])
    const rightful = { by: 'announcer', nodes: [host.name], charges: [charge] } as const
    return silentHosts(ip6(VIP), [{ host: host.name, on: 'eth0', put, prediction }], rightful, [host], [charge])
  }

  it('is not blamed for unicast ones, and is for a group that it has not joined', () => {
    expect(silent('unicast')).toEqual([])
    expect(silent('broadcast')).toMatchObject([{ deciding: { check: 'announcer group' } }])
  })
})
