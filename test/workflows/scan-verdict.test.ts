import { describe, expect, it } from 'vitest'
import { announcers } from '../../src/cluster/announcers/registry.js'
import { viewCluster } from '../../src/facts/cluster-view.js'
import type { Question } from '../../src/facts/question.js'
import { known, unknown } from '../../src/known.js'
import { readNeighbourTable } from '../../src/neighbours/read-table.js'
import { NO_NAMES } from '../../src/report/addresses.js'
import { exitCode } from '../../src/report/verdict.js'
import { verdictLine } from '../../src/report/wording.js'
import { type Ip, parseIp } from '../../src/wire/ip.js'
import { parseIpv4 } from '../../src/wire/ipv4.js'
import { parseMac } from '../../src/wire/mac.js'
import { lookThrough } from '../../src/workflows/file-look.js'
import { scan } from '../../src/workflows/scan.js'
import type { ScanContext } from '../../src/workflows/scan-request.js'
import { clusterOfFile } from '../cluster/read-yaml.js'
import { framesToPcap, parseTrace, traceToPcap } from '../trace.js'

const VIP = parseIpv4('10.0.0.240')!
const ANSWERED = `
  0 ask 01/10.0.0.1 -> 10.0.0.240
  0.001 answer 02/10.0.0.240 -> 01/10.0.0.1
  5 ask 01/10.0.0.1 -> 10.0.0.240
  5.001 answer 02/10.0.0.240 -> 01/10.0.0.1`
const ALONE: ScanContext = {
  view: null,
  unasked: { because: '--no-kube', gap: null },
  owners: [],
  gaps: [],
}

const PROBED = `
  0 probe 01 -> 10.0.0.240
  0.001 answer 02/10.0.0.240 -> 01/0.0.0.0`
const DIRECT = `
  0 ask 01/10.0.0.1 -> 10.0.0.240
  1 ask 01/10.0.0.1 -> 10.0.0.240 at 02
  1.001 answer 02/10.0.0.240 -> 01/10.0.0.1
  1.2 probe 01 -> 10.0.0.240
  1.201 answer 02/10.0.0.240 -> 01/0.0.0.0`

/** 03 looks whether the address is free (RFC 5227); the answers to 01 do not pass here. */
const PROBED_BY_ANOTHER = `
  0 probe 03 -> 10.0.0.240 repeat 3 every 1
  5 ask 01/10.0.0.1 -> 10.0.0.240 repeat 4 every 1
  7 ask 08/10.0.0.8 -> 10.0.0.1
  7.001 answer 01/10.0.0.1 -> 08/10.0.0.8`

interface Asked {
  readonly vips?: readonly Ip[]
  readonly expectedMacs?: readonly number[]
  readonly own?: readonly number[]
  readonly neighbours?: Question['own']['neighbours']
  readonly context?: Partial<ScanContext>
}

async function scanned(
  bytes: Uint8Array,
  { vips = [VIP], expectedMacs = [], own = [], neighbours = [], context = {} }: Asked = {},
) {
  const source = {
    source: { kind: 'file', name: 'x.pcap', engine: 'file' } as const,
    async *bytes() {
      yield bytes
    },
    stop: () => {},
  }
  return scan(
    { question: { vips, expectedMacs, probed: null }, allAddresses: false, suppressions: [] },
    {
      open: async () => ({ ...lookThrough(source), own: { macs: [], ips: own, neighbours } }),
      names: NO_NAMES,
      context: { ...ALONE, ...context },
      now: () => new Date(0),
      version: '0.0.0',
    },
    new AbortController().signal,
  )
}

const of = (trace: string, asked?: Asked) => scanned(traceToPcap(trace), asked)

describe('a scan is healthy', () => {
  it('where requests for the address were answered, and no rule speaks', async () => {
    const report = await of(ANSWERED)
    expect([report.verdict, exitCode(report, 'error'), report.headline]).toEqual(['healthy', 0, null])
    expect(report.addresses).toMatchObject([{ ip: '10.0.0.240', verdict: 'healthy', because: null }])
    expect(report.truths).toMatchObject({
      wire: { asked: true, read: 'whole', because: null },
      cluster: { asked: false, read: 'no', because: '--no-kube' },
      hosts: { asked: false },
    })
  })

  it('where the machine expected claims the address, though nobody asked', async () => {
    const expectedMacs = [parseMac('02:00:00:00:00:02')!]
    expect((await of('0 garp 02/10.0.0.240', { expectedMacs })).verdict).toBe('healthy')
  })

  it('on ordinary traffic without an address in doubt', async () => {
    expect((await of(ANSWERED, { vips: [] })).verdict).toBe('healthy')
  })
})

describe('a scan finds a fault', () => {
  /** A scan for two addresses, of which one answers. */
  const HALF = `
    0 ask 01/10.0.0.1 -> 10.0.0.240 repeat 3 every 1
    0.1 ask 01/10.0.0.1 -> 10.0.0.241
    0.101 answer 02/10.0.0.241 -> 01/10.0.0.1
    0.5 probe 01 -> 10.0.0.241`
  const both = [parseIpv4('10.0.0.240')!, parseIpv4('10.0.0.241')!]

  it('where who asked probed too, and answers to it are in the capture', async () => {
    const report = await of(HALF, { vips: both })
    expect(report.findings).toMatchObject([{ rule: 'wire/no-answer', certainty: 'certain' }])
  })

  it('with less certainty where none is, as in the capture of a bystander', async () => {
    const report = await of(PROBED_BY_ANOTHER.replace('probe 03', 'probe 01'))
    expect(report.findings).toMatchObject([{ rule: 'wire/no-answer', certainty: 'likely' }])
  })

  it('not of an address that only others asked for', async () => {
    const report = await of(HALF.replace('ask 01/10.0.0.1 -> 10.0.0.240', 'ask 03/10.0.0.3 -> 10.0.0.240'), {
      vips: both,
    })
    expect([report.verdict, report.findings]).toEqual(['inconclusive', []])
  })
})

/** Made on 01: whatever goes to one machine is to or from it. It asks for the VIP from second `from` on. */
const onTheAsker = (from = 2) => `
  0 ask 01/10.0.0.1 -> 10.0.0.11
  0.001 answer 11/10.0.0.11 -> 01/10.0.0.1
  1 ask 01/10.0.0.1 -> 10.0.0.12
  1.001 answer 12/10.0.0.12 -> 01/10.0.0.1
  ${from} ask 01/10.0.0.1 -> 10.0.0.240 repeat 3 every 1
  ${from + 7} ask 12/10.0.0.12 -> 10.0.0.1
  ${from + 7.001} answer 01/10.0.0.1 -> 12/10.0.0.12`

describe('a capture of others, in which one of them asks for the address in vain', () => {
  it('shows its silence where the answers to that machine are in it', async () => {
    const report = await of(onTheAsker())
    expect(report.findings).toMatchObject([{ rule: 'wire/no-answer', certainty: 'possible', severity: 'warning' }])
    expect([report.verdict, report.addresses[0]?.verdict]).toEqual(['findings', 'findings'])
    expect(report.gaps).toMatchObject([{ subject: '10.0.0.240', reason: expect.stringMatching(/nobody answers, or/) }])
    expect(exitCode(report, 'error')).toBe(3)
  })

  it('leaves open an address that another one got an answer for', async () => {
    const report = await of(
      `${onTheAsker()}\n0.2 ask 12/10.0.0.12 -> 10.0.0.240\n0.201 answer 13/10.0.0.240 -> 12/10.0.0.12`,
    )
    expect([report.verdict, report.findings]).toEqual(['inconclusive', []])
    expect(report.headline).toMatch(/02:00:00:00:00:01 asked \d+ times in a row without an answer/)
  })

  const OTHERS = '9.5 ask 12/10.0.0.12 -> 10.0.0.11\n9.501 answer 11/10.0.0.11 -> 12/10.0.0.12'
  const MISSING = '1.5 ask 01/10.0.0.1 -> 10.0.0.13\n1.6 ask 01/10.0.0.1 -> 10.0.0.14'
  it.each([
    ['only one machine answers it', onTheAsker().replaceAll('12/10.0.0.12', '11/10.0.0.12')],
    ['others get answers there, too', `${onTheAsker()}\n${OTHERS}`],
    ['most answers to it are missing', `${onTheAsker()}\n${MISSING}`],
    ['the answers to it are of another time', onTheAsker(90)],
    [
      'it asks for others by another address of its own',
      onTheAsker().replaceAll('01/10.0.0.1 -> 10.0.0.240', '01/192.168.5.7 -> 10.0.0.240'),
    ],
    [
      'a router of one MAC on several machines asks',
      onTheAsker().replaceAll('01/10.0.0.1', '00:00:5e:00:01:01/10.0.0.1'),
    ],
    [
      'a master advertises it',
      `${onTheAsker()}\n1 advert 13/10.0.0.13 vrid 51 prio 100 for 10.0.0.240 repeat 8 every 1`,
    ],
    ['an answer may be among frames that are cut off', `${onTheAsker()}\n3 frame ${'02'.repeat(12)}08060001`],
  ])('leaves it open where %s', async (_, trace) => {
    const report = await of(trace)
    expect([report.verdict, report.findings.filter(({ rule }) => rule === 'wire/no-answer')]).toEqual([
      'inconclusive',
      [],
    ])
  })

  it('of IPv6, leaves it open where a machine reports its group', async () => {
    const six = onTheAsker().replaceAll(/10\.0\.0\.(\d+)/g, 'fd00::$1')
    const rulesOf = async (trace: string) =>
      (await of(trace, { vips: [parseIp('fd00::240')!] })).findings.map(({ rule }) => rule)
    expect(await rulesOf(six)).toEqual(['wire/no-answer'])
    expect(await rulesOf(`${six}\n1.5 mld-report 13/fe80::13 for fd00::240`)).toEqual([])
  })
})

describe('a scan of more requests than are kept one by one', () => {
  const SIX = parseIp('fd00::240')!
  const trace = (vip: string, asked: number, answered: number) => {
    const asker = vip.includes(':') ? 'fd00::1' : '10.0.0.1'
    return `
      0 ask 01/${asker} -> ${vip} repeat ${asked} every 1
      0.001 answer 02/${vip} -> 01/${asker} repeat ${answered} every 1`
  }

  it.each([
    ['10.0.0.240', VIP],
    ['fd00::240', SIX],
  ] as const)('is inconclusive where some of the others got no answer: %s', async (name, vip) => {
    const report = await of(trace(name, 1700, 1500), { vips: [vip] })
    expect([report.verdict, exitCode(report, 'error')]).toEqual(['inconclusive', 3])
    expect(report.headline).toBe(
      `${name}: only the first 1024 of 1700 requests were judged one by one; of the 676 after them 200 got no answer`,
    )
    expect(report.gaps[0]?.hint).toContain("TZ=UTC editcap -A '2026-01-01 00:17:03' FILE rest.pcap")
    expect(report.addresses[0]?.verdict).toBe('inconclusive')
  })

  it.each([
    ['10.0.0.240', VIP],
    ['fd00::240', SIX],
  ] as const)('is healthy where all were answered, or as good as all: %s', async (name, vip) => {
    for (const answered of [1700, 1698]) {
      const report = await of(trace(name, 1700, answered), { vips: [vip] })
      expect([report.verdict, exitCode(report, 'error')]).toEqual(['healthy', 0])
    }
  })

  it('is inconclusive where an outage begins with the last ones kept', async () => {
    const report = await of(`${trace('10.0.0.240', 1025, 1022)}\n1030 ask 01/10.0.0.1 -> 10.0.0.240
      1030.001 answer 02/10.0.0.240 -> 01/10.0.0.1`)
    expect([report.verdict, exitCode(report, 'error')]).toEqual(['inconclusive', 3])
    // the rest begins with the last answer, without which no rule sees the outage whole
    expect(report.gaps[0]?.hint).toContain("editcap -A '2026-01-01 00:17:01'")
  })

  it('finds a late answer, and leaves open how late, where each comes after the next requests', async () => {
    const late = (count: number) => `
      0 ask 01/10.0.0.1 -> 10.0.0.240 repeat ${count} every 1
      4.2 answer 02/10.0.0.240 -> 01/10.0.0.1 repeat ${count} every 1`
    expect((await of(late(1000))).findings[0]?.rule).toBe('wire/slow-answer')
    const report = await of(late(2000))
    expect([report.verdict, exitCode(report, 'error')]).toEqual(['findings', 3])
    expect(report.findings[0]?.rule).toBe('wire/slow-answer')
    expect(report.gaps[0]?.reason).toContain('how late each one is was not judged')
  })
})

describe('a scan is inconclusive, with the reason as its headline,', () => {
  const silent = '0 ask 01/10.0.0.1 -> 10.0.0.240 repeat 6 every 1'
  it.each([
    ['for an address that was asked for and never answered', silent, {}, /^10\.0\.0\.240: 6 requests and no answer/],
    ['for one that does not occur', '0 garp 02/10.0.0.7', {}, /^10\.0\.0\.240: no request for it and no claim/],
    ['for one claimed by nobody knows whom', '0 garp 02/10.0.0.240', {}, /nothing says whether 02:00:00:00:00:02/],
    ['for one of several', ANSWERED, { vips: [VIP, VIP + 1] }, /^10\.0\.0\.241: no request/],
    ['for one that this machine holds', ANSWERED, { own: [VIP] }, /^10\.0\.0\.240: this machine holds it/],
    [
      'for one that answered nothing but a probe',
      PROBED,
      {},
      /^10\.0\.0\.240: no request for it was seen, only a probe/,
    ],
    [
      'for one that others asked for and a machine looked whether to take',
      PROBED_BY_ANOTHER,
      {},
      /^10\.0\.0\.240: 7 requests and no/,
    ],
    ['for one that answers no broadcast', DIRECT, {}, /^10\.0\.0\.240: none of 1 broadcast request was answered/],
    ['for a capture with requests only', silent, { vips: [] }, /no ARP reply was captured/],
    ['for one of IPv6', ANSWERED, { vips: [parseIp('fd00::1')!] }, /^fd00::1: no request for it and no claim/],
    [
      'where the cluster is configured and cannot be read',
      ANSWERED,
      { context: { view: unknown('API server', 'connection refused') } },
      /^API server: connection refused/,
    ],
  ] as const)('%s', async (_, trace, asked, headline) => {
    const report = await of(trace, asked)
    expect([report.verdict, exitCode(report, 'error')]).toEqual(['inconclusive', 3])
    expect(report.headline).toMatch(headline)
    expect(verdictLine(report)).toBe(`Inconclusive: ${report.headline}`)
    expect(report.gaps[0]?.decisive).toBe(true)
  })

  it('says that this machine holds an address also where two others answer for it', async () => {
    const trace = `${ANSWERED}\n0.002 answer 03/10.0.0.240 -> 01/10.0.0.1\n5.002 answer 03/10.0.0.240 -> 01/10.0.0.1`
    const report = await of(trace, { own: [VIP] })
    expect([report.verdict, report.addresses[0]?.verdict]).toEqual(['findings', 'findings'])
    expect(report.gaps).toContainEqual(expect.objectContaining({ subject: '10.0.0.240', decisive: true }))
  })

  it('says of an IPv6 address that the capture does not show how to ask for it', async () => {
    const report = await of(ANSWERED, { vips: [parseIp('fd00::1')!] })
    expect(report.gaps[0]?.hint).toMatch(/l2doctor scan --vip fd00::1$/)
  })

  it('names the addresses that share a reason once', async () => {
    const vips = Array.from({ length: 8 }, (_, at) => VIP + at)
    const report = await of('0 garp 02/10.0.0.7', { vips })
    expect(report.gaps.map(({ subject }) => subject)).toEqual([
      '10.0.0.240, 10.0.0.241, 10.0.0.242, 10.0.0.243, 10.0.0.244 and 3 more',
    ])
    expect(report.addresses.map(({ verdict }) => verdict)).toEqual(Array(8).fill('inconclusive'))
  })
})

describe('a wrong entry in the table of the machine that asks', () => {
  const mac = parseMac('02:00:00:00:00:77')!
  const entry = (states: string[]) => ({ neighbours: [{ ip: VIP, interface: 'eth0', mac, states }] })

  it.each([
    ['PERMANENT', 'error', 1],
    ['REACHABLE', 'warning', 0],
    ['STALE', 'warning', 0],
  ] as const)('that is %s is a finding of severity %s', async (state, severity, code) => {
    const report = await of(ANSWERED, entry([state]))
    expect([report.verdict, exitCode(report, 'error')]).toEqual(['findings', code])
    expect(report.findings).toMatchObject([
      { rule: 'answers/stale-neighbour', severity, fixes: [{ where: 'workstation' }] },
    ])
    expect(report.findings[0]?.message).toBe(
      `this machine (02:00:00:00:00:77, ${state}) has another MAC for 10.0.0.240 than 02:00:00:00:00:02, which answers`,
    )
    expect(report.addresses).toMatchObject([
      { ownEntry: { interface: 'eth0', mac: '02:00:00:00:00:77', states: [state] } },
    ])
  })

  it('is none where it names the machine that answers, or leads nowhere', async () => {
    const right = { ...entry(['PERMANENT']).neighbours[0]!, mac: parseMac('02:00:00:00:00:02')! }
    expect((await of(ANSWERED, { neighbours: [right] })).verdict).toBe('healthy')
    expect((await of(ANSWERED, entry(['FAILED']))).verdict).toBe('healthy')
  })
})

describe('the table of a router', () => {
  const heading = 'Protocol  Address          Age (min)  Hardware Addr   Type   Interface\n'
  const right = 'Internet  10.0.0.240              4   0200.0000.0002  ARPA   Vlan10\n'
  const other = 'Internet  10.0.0.1                -   0200.0000.0001  ARPA   Vlan10\n'
  const lease = (ip: string) => `02:00:00:00:00:09   ${ip}   83453   dhcp-snooping   10   GigabitEthernet1/0/3\n`
  const beside = (text: string) =>
    of(ANSWERED, {
      context: { neighbours: [{ name: 'edge-1', table: known(readNeighbourTable(text, 'edge-1'), 'edge-1.txt') }] },
    })

  it('leaves it open what a line about the address says that could not be read', async () => {
    const report = await beside(heading + other + lease('10.0.0.240'))
    expect([report.verdict, exitCode(report, 'error'), report.headline]).toEqual([
      'inconclusive',
      3,
      'neighbours of edge-1: a line about 10.0.0.240 could not be read',
    ])
  })

  it('does not where it has an entry of the address, or the line is about another one', async () => {
    expect((await beside(heading + right + lease('10.0.0.240'))).verdict).toBe('healthy')
    expect((await beside(heading + other + lease('10.0.0.9'))).verdict).toBe('healthy')
  })
})

describe('frames that are not judged', () => {
  const frames = parseTrace(ANSWERED)
  const vxlan = (inner: Uint8Array) =>
    Buffer.concat([
      Buffer.from(`${'02'.repeat(12)}0800450000000000000040110000${'0a000001'}${'0a000002'}`, 'hex'),
      Buffer.from('9c4012b500000000' + '0800000000002a00', 'hex'),
      inner,
    ])
  /** Ethernet within Ethernet: MACs, a type and a header before the inner frame. */
  const within = (header: string) => (trace: string) =>
    parseTrace(trace).map((one) => {
      const outer = Buffer.from(`${'02'.repeat(12)}${header}`, 'hex')
      return { ...one, frame: Buffer.concat([outer, one.frame]) }
    })
  const hidden = (trace: string) => parseTrace(trace).map((one) => ({ ...one, frame: vxlan(one.frame) }))
  const about = (ip: string) => hidden(`6 answer 03/${ip} -> 01/10.0.0.1`)
  const cut = frames.slice(0, 1).map((one) => ({ ...one, frame: one.frame.subarray(0, 40) }))

  it.each([
    ['in a tunnel only', hidden(ANSWERED), [VIP], 'inconclusive'],
    ['in MPLS only', within('88470002413f')(ANSWERED), [VIP], 'inconclusive'],
    ['in PBB beside answers', [...frames, ...within('88e700000064')(ANSWERED)], [VIP], 'inconclusive'],
    ['encrypted by MACsec beside answers', [...frames, ...within('88e50c0000000001')(ANSWERED)], [VIP], 'healthy'],
    ['encrypted by MACsec only', within('88e50c0000000001')(ANSWERED), [VIP], 'inconclusive'],
    [
      'in a tunnel, about an address that is answered beside it',
      [...frames, ...about('10.0.0.240')],
      [VIP],
      'inconclusive',
    ],
    ['in a tunnel, about another address', [...frames, ...about('10.0.0.7')], [VIP], 'healthy'],
    ['in a tunnel, when the whole capture is the question', [...frames, ...about('10.0.0.7')], [], 'inconclusive'],
    ['cut off beside whole ones', [...frames, ...cut], [VIP], 'inconclusive'],
  ] as const)('%s', async (_, given, vips, verdict) => {
    const report = await scanned(framesToPcap([...given]), { vips })
    expect(report.verdict).toBe(verdict)
    expect(report.capture?.notJudged.map(({ what }) => what)).toHaveLength(1)
  })
})

describe('an address that BGP alone announces', () => {
  const cluster = clusterOfFile('fixtures/rules/wire/no-answer/clean-bgp-only/cluster.yaml')
  const context = { view: known(viewCluster(cluster, announcers), 'cluster.yaml'), unasked: null }
  const vips = [parseIpv4('192.168.99.220')!, parseIpv4('192.168.99.1')!]
  const asked = `
    0.0 ask 01/192.168.99.10 -> 192.168.99.220 repeat 3 every 0.3
    0.1 ask 01/192.168.99.10 -> 192.168.99.1
    0.101 answer 02/192.168.99.1 -> 01/192.168.99.10
    0.9 probe 01 -> 192.168.99.1`

  it('is left open where nobody answers, by a reason that names the object', async () => {
    const report = await of(asked, { vips, context })
    expect([report.verdict, report.findings]).toEqual(['inconclusive', []])
    expect(report.headline).toMatch(/BGPAdvertisement\/metallb-system\/tor announces it by BGP only/)
  })

  it('is an error where nothing says BGP', async () => {
    const report = await of(asked, { vips })
    expect(report.findings.map(({ rule }) => rule)).toEqual(['wire/no-answer'])
  })
})

describe('a whole capture', () => {
  const headline = async (trace: string) => {
    const { verdict, headline } = await scanned(traceToPcap(trace), { vips: [] })
    return [verdict, headline?.replace(/^x.pcap: /, '').replace(/ \(.*/, '') ?? null]
  }

  it.each([
    [
      'announcements',
      '0 garp 02/10.0.0.240 repeat 3 every 1\n0.5 garp-reply 02/10.0.0.240 repeat 3 every 1',
      'every ARP reply is an announcement: who answers a request was not seen',
    ],
    [
      'replies',
      '0 answer 02/10.0.0.240 -> 01/10.0.0.1 repeat 3 every 1\n0.5 garp 03/10.0.0.9',
      'no ARP request was captured: what the replies answer was not seen',
    ],
    [
      'unasked advertisements',
      '0 garp 02/fd00::240 repeat 3 every 1',
      'no neighbour advertisement answers a solicitation: who answers was not seen',
    ],
  ])('of %s only shows nobody who answers', async (_, trace, reason) => {
    expect(await headline(trace)).toEqual(['inconclusive', reason])
  })

  it('is healthy where somebody was asked and answered, however much is announced beside it', async () => {
    const announced = '0 garp 03/10.0.0.9 repeat 9 every 1\n0.5 garp-reply 03/10.0.0.9 repeat 9 every 1'
    expect(await headline(`${announced}\n${ANSWERED}`)).toEqual(['healthy', null])
  })
})
