import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Report } from '../../src/report/report.js'
import { describeLab } from './describe-lab.js'
import { hasSshd } from './ssh-hosts.js'
import { buildSite, having, reportOf, type Site, VIP } from './vantage-site.js'

/** Ports of the switch, by the place of the host in the list; port0 is the client's. */
const [ISOLATED, HOLDER, ELSEWHERE, OTHER] = ['port2', 'port3', 'port4', 'port5']
const HOSTS = [
  { name: 'node-a' },
  { name: 'port-b' },
  { name: 'holder', vips: [VIP] },
  { name: 'vlan-c' },
  { name: 'other', vips: [VIP] },
]
const [HOLDER_MAC, OTHER_MAC] = ['02:00:00:00:00:13', '02:00:00:00:00:15']
// biome-ignore lint/suspicious/noTemplateCurlyInString: of the shell
const SWITCH = '${CLIENT%-client}-switch'
const AS_BUILT = [
  `ip -n ${SWITCH} link set ${ISOLATED} type bridge_slave isolated on`,
  `ip -n ${SWITCH} link set ${HOLDER} type bridge_slave isolated on`,
  `ip -n ${SWITCH} link add br1 type bridge stp_state 0 mcast_snooping 0`,
  `ip -n ${SWITCH} link set br1 up`,
  `ip -n ${SWITCH} link set ${ELSEWHERE} master br1`,
  `ip -n ${SWITCH} link set ${OTHER} master br1`,
]
const AT = ['--at', 'ssh:node-a', '--at', 'ssh:port-b', '--at', 'ssh:vlan-c']

const seen = (report: Report) =>
  report.vantages.map(({ name, addresses }) => {
    const [{ state, asked, answered, machines }] = addresses as [Report['vantages'][number]['addresses'][number]]
    return { name, state, asked, answered, macs: machines.map(({ mac }) => mac) }
  })
const spoken = (report: Report) => report.findings.map(({ rule, certainty }) => `${rule} ${certainty}`).sort()

describeLab('places to look from', () => {
  describe.runIf(hasSshd)('three of them, one behind an isolated port, one on another VLAN', () => {
    let site: Site
    let folder = ''
    beforeAll(async () => {
      site = await buildSite(HOSTS, { 'node-a': {}, 'port-b': {}, 'vlan-c': {} }, AS_BUILT)
      folder = site.segment.directory('client')
    })
    afterAll(() => site?.segment.remove())

    it('each sees what its port shows it, side by side, and the differences are findings', async () => {
      const bundle = join(folder, 'case.bundle')
      const flags = ['--vip', VIP, '--no-kube', '--no-hosts', '--json', '--save', bundle]
      const report = reportOf(await site.run('diagnose', ...AT, ...flags))
      expect(seen(report)).toEqual([
        { name: 'node-a', state: 'answered', asked: 4, answered: 4, macs: [HOLDER_MAC] },
        { name: 'port-b', state: 'silent', asked: 4, answered: 0, macs: [] },
        { name: 'vlan-c', state: 'answered', asked: 4, answered: 4, macs: [OTHER_MAC] },
      ])
      expect(spoken(report)).toEqual(['vantage/other-responder possible', 'vantage/silent-place likely'])
      expect(report.findings.find(({ rule }) => rule === 'vantage/silent-place')?.data).toMatchObject({
        silent: [{ place: 'port-b', requests: 4, between: 'same segment' }],
      })
      expect(report.findings.find(({ rule }) => rule === 'vantage/other-responder')?.data).toMatchObject({
        differences: [{ place: 'node-a', here: [HOLDER_MAC], other: 'vlan-c', there: [OTHER_MAC], between: 'apart' }],
      })
      expect(report.run.source).toEqual({ kind: 'ssh', name: 'node-a/eth0', engine: 'tcpdump' })

      const again = reportOf(await site.run('diagnose', '--from', bundle, '--json'))
      expect(again.findings).toEqual(report.findings)
      expect(seen(again)).toEqual(seen(report))
    })

    it('under pseudonyms the same, and without a name or an address of theirs', async () => {
      const [bundle, shared] = [join(folder, 'case.bundle'), join(folder, 'shared.bundle')]
      const done = await site.run('diagnose', '--from', bundle, '--save', shared, '--redact', '--json')
      const report = reportOf(done)
      const redacted = await site.run('diagnose', '--from', shared, '--json')
      expect(spoken(reportOf(redacted))).toEqual(spoken(report))
      expect(redacted.stdout).not.toMatch(/node-a|port-b|vlan-c|02:00:00:00:00:1|10\.77\./)
    })

    it('a person sees them in one table', async () => {
      const { stdout } = await site.run('scan', ...AT, '--vip', VIP, '--no-kube')
      expect(stdout).toContain('Who answers where')
      expect(stdout).toMatch(/Address +Machine +node-a +port-b +vlan-c/)
      expect(stdout).toMatch(new RegExp(`${VIP} +${HOLDER_MAC} +4 of 4 +0 of 4 +0 of 4`))
    })
  })

  describe.runIf(hasSshd)('whatever a host has to listen and to send with', () => {
    const PLACES: Readonly<Record<string, readonly string[]>> = {
      'tcpdump-socat': ['tcpdump', 'socat'],
      'only-perl': ['perl'],
      'only-python3': ['python3'],
      'only-tcpdump': ['tcpdump'],
      nothing: [],
    }
    let report: Report
    beforeAll(async () => {
      const names = Object.keys(PLACES)
      const serving = Object.fromEntries(names.map((name) => [name, { wrapped: having(...PLACES[name]!) }]))
      const site = await buildSite([...names.map((name) => ({ name })), { name: 'holder', vips: [VIP] }], serving)
      try {
        const at = names.flatMap((name) => ['--at', `ssh:${name}`])
        report = reportOf(await site.run('scan', '--vip', VIP, '--no-kube', '--json', ...at))
      } finally {
        site.segment.remove()
      }
    })

    it.each([
      ['tcpdump-socat', 'tcpdump'],
      ['only-perl', 'socket'],
      ['only-python3', 'socket'],
    ])('%s asks and hears', (name, engine) => {
      const place = report.vantages.find((one) => one.name === name)
      expect(place).toMatchObject({
        read: 'whole',
        source: { kind: 'ssh', name: `${name}/eth0`, engine },
        addresses: [{ state: 'answered', asked: 4, answered: 4 }],
      })
    })

    it('one that can only listen says so, and its silence means nothing', () => {
      const place = report.vantages.find(({ name }) => name === 'only-tcpdump')
      expect(place?.addresses).toMatchObject([{ state: 'unasked' }])
      expect(report.gaps).toContainEqual(
        expect.objectContaining({
          subject: 'sending from only-tcpdump',
          reason: expect.stringMatching(/^none of perl, python3 and socat is there/),
        }),
      )
      expect(report.findings).toEqual([])
    })

    it('one that has nothing is one gap with the next step', () => {
      const gaps = report.gaps.filter(({ subject }) => subject.includes('nothing'))
      expect(gaps).toMatchObject([
        { reason: expect.stringMatching(/^none of tcpdump, perl and python3 is there/), decisive: true },
      ])
      expect(gaps[0]?.hint).toContain('--at file:NAME=FILE')
    })
  })
})
