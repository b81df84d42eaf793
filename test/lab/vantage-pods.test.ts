import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Report } from '../../src/report/report.js'
import { describeLab } from './describe-lab.js'
import { buildPodSite, IMAGE, type PodSite } from './pod-site.js'
import { reportOf, VIP } from './vantage-site.js'

const HOLDER_MAC = '02:00:00:00:00:13'
/** node-b's only first address is a VIP of the cluster: no request of ours may name it. */
const HOSTS = [
  { name: 'node-a' },
  { name: 'node-b', address: '10.77.0.241/24', setup: ['ip addr add 10.77.0.12/24 dev eth0'] },
  { name: 'node-c', vips: [VIP] },
]
const AT = ['--at', 'pod:node-a', '--at', 'pod:node-b', '--vantage-image', IMAGE]

const seen = (report: Report) =>
  report.vantages.map(({ name, kind, read, addresses: [address] }) => {
    const { state, asked, answered, machines } = address!
    return { name, kind, read, state, asked, answered, macs: machines.map(({ mac }) => mac) }
  })
const ANSWERED = { kind: 'pod', read: 'whole', state: 'answered', asked: 4, answered: 4, macs: [HOLDER_MAC] }

describeLab('pods to look from, against a stand-in API server and stand-in nodes', () => {
  describe('as a person asks, from a machine that is not on the segment', () => {
    let site: PodSite
    let report: Report
    let bundle = ''
    beforeAll(async () => {
      site = await buildPodSite(HOSTS)
      bundle = join(site.segment.directory('client'), 'case.bundle')
      report = reportOf(await site.run('diagnose', '--vip', VIP, ...AT, '--no-hosts', '--save', bundle, '--json'))
    })
    afterAll(() => site?.remove())

    it('they see who answers, each node for itself', () => {
      expect(seen(report)).toEqual([
        { name: 'node-a', ...ANSWERED },
        { name: 'node-b', ...ANSWERED },
      ])
      expect(report.run.source).toEqual({ kind: 'pod', name: 'node-a/eth0', engine: 'socket' })
      expect(report.gaps.filter(({ decisive }) => decisive)).toEqual([])
    })

    it('they ask all, then alone those who answered, and a probe of nobody else', () => {
      const [address] = report.addresses
      const asked = address?.timeline.map(({ mode, to }) => (to === null ? mode : `${mode} ${to}`))
      expect(new Set(asked)).toEqual(new Set(['broadcast', `unicast ${HOLDER_MAC}`, `probe ${HOLDER_MAC}`]))
      expect(asked?.slice(0, 4)).toEqual(['broadcast', 'broadcast', 'broadcast', 'broadcast'])
    })

    it('no request names a VIP of the cluster as its sender', async () => {
      const flags = ['--vip', VIP, '--at', 'pod:node-b', '--vantage-image', IMAGE, '--rounds', '1', '--json']
      const capture = join(site.segment.directory('client'), 'node-b.pcap')
      await site.run('scan', ...flags, '--write', capture)
      const { stdout } = await site.segment.exec('client', [
        'tcpdump',
        '-nr',
        capture,
        'arp and ether src 02:00:00:00:00:12',
      ])
      const senders = [...stdout.matchAll(/who-has \S+(?: \(\S+\))? tell ([\d.]+)/g)].map(([, sender]) => sender)
      expect(new Set(senders)).toEqual(new Set(['10.77.0.12', '0.0.0.0']))
    })

    it('leave no pod, and were made by create, get, list and delete of pods and get of their log alone', () => {
      expect([...site.api.pods.keys()]).toEqual([])
      const asked = site.api.requests.map((one) => one.replace(/l2doctor-[\da-f]+/, 'NAME').replace(/\?limit.*/, ''))
      const pods = '/api/v1/namespaces/metallb-system/pods'
      expect(new Set(asked)).toEqual(
        new Set([
          'POST /api/v1/namespaces/l2doctor/pods?dryRun=All',
          `POST ${pods}?dryRun=All`,
          `POST ${pods}`,
          `GET ${pods}`,
          `GET ${pods}/NAME`,
          `GET ${pods}/NAME/log?container=look&follow=true`,
          `DELETE ${pods}/NAME`,
        ]),
      )
    })

    it('a check file is held against what they see', async () => {
      const file = join(site.segment.directory('client'), 'l2doctor.yaml')
      writeFileSync(file, `version: 1\nvips: [{ip: "${VIP}", responders: 1}]\ncluster: false\n`)
      const checked = await site.run('check', '-f', file, ...AT, '--json')
      const { vantages, expectations, gaps } = reportOf(checked)
      expect([checked.code, gaps.filter(({ decisive }) => decisive)]).toEqual([0, []])
      expect(vantages.map(({ name, kind, read }) => [name, kind, read])).toEqual([
        ['node-a', 'pod', 'whole'],
        ['node-b', 'pod', 'whole'],
      ])
      expect(expectations.length).toBeGreaterThan(0)
      expect(new Set(expectations.map(({ status }) => status))).toEqual(new Set(['held']))
      expect([...site.api.pods.keys()]).toEqual([])
    })

    it('a bundle keeps them, under pseudonyms too', async () => {
      const shared = join(site.segment.directory('client'), 'shared.bundle')
      const again = reportOf(await site.run('diagnose', '--from', bundle, '--save', shared, '--redact', '--json'))
      expect(again.findings).toEqual(report.findings)
      expect(seen(again)).toEqual(seen(report))
      const redacted = await site.run('diagnose', '--from', shared, '--json')
      expect(reportOf(redacted).vantages.map(({ kind }) => kind)).toEqual(['pod', 'pod'])
      expect(redacted.stdout).not.toMatch(/node-a|node-b|02:00:00:00:00:1|10\.77\./)
    })
  })

  describe('whatever the image has to listen and to send with', () => {
    const TOOLS = {
      'only-perl': ['perl'],
      'only-python3': ['python3'],
      'only-tcpdump': ['tcpdump'],
      nothing: [],
    }
    let report: Report
    beforeAll(async () => {
      const names = Object.keys(TOOLS)
      const site = await buildPodSite(
        [...names, 'holder'].map((name) => ({ name, vips: name === 'holder' ? [VIP] : [] })),
        {
          tools: TOOLS,
        },
      )
      try {
        const at = names.flatMap((name) => ['--at', `pod:${name}`])
        report = reportOf(await site.run('scan', '--vip', VIP, '--vantage-image', IMAGE, '--json', ...at))
      } finally {
        await site.remove()
      }
    })
    const gapsOf = (name: string) => report.gaps.filter(({ subject }) => subject.includes(name))

    it.each(['only-perl', 'only-python3'])('%s asks and hears', (name) => {
      expect(report.vantages.find((one) => one.name === name)).toMatchObject({
        read: 'whole',
        source: { kind: 'pod', engine: 'socket' },
        addresses: [{ state: 'answered', asked: 4, answered: 4 }],
      })
    })

    it('a tcpdump that gives up root cannot listen with NET_RAW alone, and says what can', () => {
      expect(gapsOf('only-tcpdump')).toMatchObject([
        {
          reason: expect.stringMatching(/^tcpdump is not permitted to listen there \("/),
          hint: expect.stringContaining('perl'),
        },
      ])
    })

    it('one that has nothing is one gap with the next step', () => {
      expect(gapsOf('nothing')).toMatchObject([
        {
          reason: expect.stringMatching(/^none of perl, python3 and tcpdump is in the image/),
          hint: expect.stringContaining('--vantage-image'),
          decisive: true,
        },
      ])
    })
  })
})
