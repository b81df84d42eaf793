import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HostSpec } from '../../src/lab/model.js'
import { buildSegment, type Segment } from '../../src/lab/segment.js'
import type { Report, ReportedFinding } from '../../src/report/report.js'
import { nodeOf } from '../../src/rules/subject.js'
import { describeLab } from './describe-lab.js'
import { CLI, hasSshd, SshHosts } from './ssh-hosts.js'

const VIP = '10.77.0.240'

/** eth9 and its far end in the same namespace: a second NIC on a cable of its own. */
const SECOND_NIC = ['ip link add eth9 type veth peer name far9', 'ip link set eth9 up', 'ip link set far9 up']
const BRIDGE = [...SECOND_NIC, 'ip link add br0 type bridge', 'ip link set br0 up', 'ip link set eth9 master br0']
const POD = ['ip link add cali0a1b2c type veth peer name pod0', 'ip link set cali0a1b2c up']
const IPVS = ['ip link add kube-ipvs0 type veth peer name vethipvs', `ip addr add ${VIP}/32 dev kube-ipvs0`]
const port = (options: string) => `ip link set dev eth9 type bridge_slave ${options}`

interface Planted extends HostSpec {
  /** Findings that are not information, as `rule subject` without the host. */
  readonly faults: readonly string[]
  /** Information that must be among the findings, written the same way. */
  readonly notes?: readonly string[]
}

/** One host a fault; what stands beside a fault follows from it. */
const PLANTED: readonly Planted[] = [
  { name: 'quiet', faults: [] },
  {
    name: 'calico',
    setup: [...POD, 'sysctl -qw net.ipv4.conf.cali0a1b2c.proxy_arp=1 net.ipv4.ip_forward=1'],
    faults: [],
  },
  {
    name: 'ipvs-strict',
    setup: IPVS,
    sysctls: { 'net.ipv4.conf.all.arp_ignore': 1, 'net.ipv4.conf.all.arp_announce': 2, 'net.ipv4.ip_forward': 1 },
    faults: [],
  },
  {
    name: 'ipvs-loose',
    setup: IPVS,
    sysctls: { 'net.ipv4.ip_forward': 1 },
    faults: ['answers/for-other-addresses eth0', 'sysctl/arp-announce eth0'],
  },
  { name: 'proxy', proxies: [VIP], faults: ['answers/for-other-addresses eth0'] },
  {
    name: 'proxy-harmless',
    // nothing leaves by another interface
    sysctls: { 'net.ipv4.conf.all.proxy_arp': 1, 'net.ipv4.ip_forward': 1 },
    faults: [],
  },
  {
    name: 'pvlan',
    sysctls: { 'net.ipv4.conf.eth0.proxy_arp_pvlan': 1, 'net.ipv4.ip_forward': 1 },
    faults: ['answers/for-other-addresses eth0'],
  },
  {
    name: 'asymmetric',
    setup: [...SECOND_NIC, 'ip addr add 192.0.2.9/24 dev eth9', 'ip route add default via 192.0.2.1 dev eth9'],
    sysctls: { 'net.ipv4.conf.eth0.rp_filter': 1 },
    faults: ['sysctl/rp-filter-strict eth0'],
  },
  {
    name: 'loose-filter',
    setup: [...SECOND_NIC, 'ip addr add 192.0.2.9/24 dev eth9', 'ip route add default via 192.0.2.1 dev eth9'],
    sysctls: { 'net.ipv4.conf.all.rp_filter': 2, 'net.ipv4.conf.eth0.rp_filter': 1 },
    faults: [],
  },
  {
    name: 'no-forward',
    setup: POD,
    sysctls: { 'net.ipv4.conf.eth0.forwarding': 0 },
    faults: ['sysctl/ip-forward-off eth0'],
  },
  { name: 'silent', sysctls: { 'net.ipv4.conf.eth0.arp_ignore': 8 }, faults: ['answers/own-address-silent eth0'] },
  {
    name: 'two-nics',
    setup: [...SECOND_NIC, 'ip addr add 10.77.0.199/24 dev eth9'],
    faults: ['answers/for-other-addresses'],
  },
  {
    name: 'proxy-entry',
    setup: [...SECOND_NIC, `ip route add ${VIP}/32 dev eth9`, `ip neigh add proxy ${VIP} dev eth0`],
    sysctls: { 'net.ipv4.conf.eth0.forwarding': 1 },
    faults: ['answers/for-other-addresses eth0'],
  },
  {
    // the kernel asks its entries only for what leaves by another interface
    name: 'proxy-entry-idle',
    setup: [`ip neigh add proxy ${VIP} dev eth0`],
    sysctls: { 'net.ipv4.conf.eth0.forwarding': 1 },
    faults: [],
  },
  { name: 'port-proxy', setup: [...BRIDGE, port('proxy_arp on')], faults: ['bridge/port-proxy-arp eth9'] },
  { name: 'port-hairpin', setup: [...BRIDGE, port('hairpin on')], faults: ['bridge/hairpin-on-uplink eth9'] },
  { name: 'port-flood', setup: [...BRIDGE, port('bcast_flood off')], faults: ['bridge/flood-off eth9'] },
  {
    name: 'port-blocked',
    setup: [
      ...BRIDGE,
      'ip link set eth9 nomaster',
      'ip link set br0 type bridge stp_state 1 forward_delay 3000',
      'ip link set eth9 master br0',
    ],
    faults: ['bridge/port-not-forwarding br0'],
  },
  {
    name: 'node-on-bridge',
    setup: [
      ...BRIDGE,
      ...POD,
      'ip addr add 192.0.2.9/24 dev br0',
      'ip link set br0 type bridge nf_call_iptables 1',
      'sysctl -qw net.ipv4.ip_forward=1',
    ],
    faults: ['bridge/bridged-dnat br0'],
  },
  { name: 'promiscuous', setup: ['ip link set eth0 promisc on'], faults: [], notes: ['link/promiscuous eth0'] },
  {
    name: 'noarp',
    setup: [...SECOND_NIC, 'ip addr add 192.0.2.9/24 dev eth9', 'ip link set eth9 arp off'],
    faults: ['link/down-or-noarp eth9'],
  },
  {
    name: 'filter',
    setup: [
      'nft add table arp filter',
      "nft 'add chain arp filter input { type filter hook input priority 0; policy accept; }'",
      `nft add rule arp filter input arp daddr ip ${VIP} drop`,
    ],
    faults: ['answers/own-address-silent eth0'],
  },
  {
    name: 'client-like',
    sysctls: { 'net.ipv4.conf.all.drop_gratuitous_arp': 1 },
    faults: [],
    notes: ['sysctl/drop-gratuitous-arp eth0'],
  },
  { name: 'holder', vips: [VIP], faults: [] },
]

describeLab('audit-node over ssh', () => {
  describe.runIf(hasSshd)('on hosts with planted faults', () => {
    let segment: Segment
    let report: Report
    let folder = ''
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'l2d-audit-'))
      segment = await buildSegment({ hosts: PLANTED })
      const hosts = new SshHosts(segment)
      await Promise.all(PLANTED.map(({ name }) => hosts.serve(name)))
      // a host with arp_ignore 8 does not even answer for its own address
      const { address, mac } = segment.host('silent')
      await segment.exec('client', [
        'ip',
        'neigh',
        'replace',
        address,
        'lladdr',
        mac,
        'dev',
        'eth0',
        'nud',
        'permanent',
      ])
      const names = PLANTED.map(({ name }) => name)
      const { stdout, stderr } = await hosts.audit(names, '--json', '--quiet', '--save', folder)
      if (stdout === '') throw new Error(stderr)
      report = JSON.parse(stdout)
    })
    afterAll(() => {
      segment?.remove()
      rmSync(folder, { recursive: true, force: true })
    })

    it('asked for a VIP, names every host that answers for it, and where, once', async () => {
      const { stdout } = await segment.exec('client', [...CLI, 'audit-node', '--from', folder, '--vip', VIP, '--json'])
      const { findings }: Report = JSON.parse(stdout)
      const bound = findings.find(({ rule }) => rule === 'answers/unwanted-responder')
      expect(JSON.stringify(bound?.data)).toMatch(/interface.*eth0/)
      expect(JSON.stringify(bound?.data)).not.toContain('quiet')
      const { answers } = bound!.data as { answers: { node: string }[] }
      const named = answers.map(({ node }) => node)
      expect(named.toSorted()).toEqual(['ipvs-loose', 'proxy', 'proxy-entry', 'pvlan'])
      const others = findings.filter(({ rule }) => rule === 'answers/for-other-addresses')
      expect(others.map(({ subject }) => subject.id)).toEqual(['two-nics'])
    })

    it('finds the same, byte for byte, in what it saved', async () => {
      const { stdout } = await segment.exec('client', [...CLI, 'audit-node', '--from', folder, '--json'])
      const replayed: Report = JSON.parse(stdout)
      expect(JSON.stringify(replayed.findings)).toBe(JSON.stringify(report.findings))
      expect(readdirSync(folder)).toHaveLength(PLANTED.length)
    })

    it('reads every host', () => {
      expect(report.nodes.filter(({ reached }) => !reached)).toEqual([])
      expect(report.nodes.map(({ name }) => name)).toEqual(PLANTED.map(({ name }) => name))
    })

    it.each(PLANTED)('$name', ({ name, faults, notes = [] }) => {
      const [grave, information] = said(report, name)
      expect(grave).toEqual([...faults].sort())
      expect(information).toEqual(expect.arrayContaining([...notes]))
    })
  })
})

/** What the report says of a host as `rule interface`: what is wrong, and what is information. */
function said(report: Report, host: string): [grave: string[], information: string[]] {
  const words = ({ rule, subject }: ReportedFinding) =>
    [rule, ...(subject.kind === 'interface' ? [subject.interface] : [])].join(' ')
  const ours = report.findings.filter((finding) => belongsTo(finding, host))
  const grave = ours.filter(({ severity }) => severity !== 'info')
  return [grave.map(words).sort(), ours.filter(({ severity }) => severity === 'info').map(words)]
}

function belongsTo({ subject, data }: ReportedFinding, host: string): boolean {
  return nodeOf(subject) === host || data['node'] === host
}
