import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Report } from '../../src/report/report.js'
import { describeLab } from './describe-lab.js'
import { buildPodSite, IMAGE, type PodSite } from './pod-site.js'
import { reportOf, VIP } from './vantage-site.js'

/** The setting that makes a node silent about a VIP on its loopback; read from its network namespace. */
const HOSTS = [{ name: 'node-a', setup: ['sysctl -w net.ipv4.conf.eth0.arp_ignore=8'] }, { name: 'node-b' }]

describeLab('audit-node in pods, against a stand-in API server and stand-in nodes', () => {
  let site: PodSite
  let folder = ''
  let report: Report
  beforeAll(async () => {
    site = await buildPodSite(HOSTS)
    folder = join(site.segment.directory('client'), 'audit')
    const flags = ['--vantage-image', IMAGE, '--vip', VIP, '--save', folder, '--json']
    report = reportOf(await site.run('audit-node', 'pod:node-a', 'pod:node-b', 'pod:nowhere', ...flags))
  })
  afterAll(() => site?.remove())

  it("reads each node's own network, and leaves no pod", () => {
    expect(report.nodes.map(({ name, reached }) => [name, reached])).toEqual([
      ['node-a', true],
      ['node-b', true],
      ['nowhere', false],
    ])
    const [a, b] = ['node-a', 'node-b'].map((name) => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')))
    expect(a.probes.sysctl.stdout).toContain('/proc/sys/net/ipv4/conf/eth0/arp_ignore:8')
    expect(b.probes.sysctl.stdout).toContain('/proc/sys/net/ipv4/conf/eth0/arp_ignore:0')
    expect(b.probes['ip-addr'].stdout).toContain('"10.77.0.12"')
    expect([...site.api.pods.keys()]).toEqual([])
  })

  it('what a pod sees of its image is a gap, and nowhere a fact of the node', () => {
    const gaps = report.gaps.filter(({ subject }) => subject.startsWith('node-a: '))
    const because = (text: string) => gaps.filter(({ reason }) => reason.includes(text)).map(({ subject }) => subject)
    expect(because('sees the files and processes of its image')).toEqual(
      expect.arrayContaining([
        'node-a: /etc/os-release',
        expect.stringMatching(/^node-a: \/etc\/netplan/),
        expect.stringContaining('keepalived'),
      ]),
    )
    expect(gaps.filter(({ hint }) => /--become|sudo|install it/.test(hint))).toEqual([])
    const saved = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
    expect(saved.join('')).not.toContain('The image, not the node')
    expect(JSON.stringify(report)).not.toContain('The image, not the node')
  })

  it('a node that the cluster has not got is one gap, and the others stand', () => {
    expect(report.gaps.filter(({ subject }) => subject === 'nowhere')).toMatchObject([
      { reason: 'the cluster has no node nowhere', hint: expect.stringContaining('kubectl get nodes') },
    ])
  })

  it('what was saved says the same again', async () => {
    const again = reportOf(await site.run('audit-node', '--from', folder, '--vip', VIP, '--json'))
    expect(again.findings).toEqual(report.findings)
    const ofImage = ({ gaps }: Report) =>
      gaps.filter(({ reason }) => reason.includes('its image')).map(({ subject }) => subject)
    expect(ofImage(again)).toEqual(ofImage(report))
  })

  it('an image must be named', async () => {
    const { code, stderr } = await site.run('audit-node', 'pod:node-a')
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('pod:node-a needs an image to run there: --vantage-image IMAGE'),
    ])
  })
})
