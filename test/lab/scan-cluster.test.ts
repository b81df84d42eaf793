import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { buildSegment, type Segment } from '../../src/lab/segment.js'
import { type Report, reportSchema } from '../../src/report/report.js'
import { describeLab } from './describe-lab.js'

/** By its hash node-c announces .240, and node-b, which alone has an endpoint, .241. */
const [WEB, API] = ['10.77.0.240', '10.77.0.241']
const [MAC_A, MAC_B, MAC_C] = ['02:00:00:00:00:11', '02:00:00:00:00:12', '02:00:00:00:00:13']

let segment: Segment | null = null
afterEach(() => {
  segment?.remove()
  segment = null
})

/** Three nodes with their kernel answering for the given VIPs; answers with the report of a scan from the client. */
async function scan(vips: Readonly<Record<string, readonly string[]>>, ...flags: string[]): Promise<Report> {
  const hosts = ['node-a', 'node-b', 'node-c'].map((name) => ({ name, vips: vips[name] ?? [] }))
  segment = await buildSegment({ hosts })
  const cluster = join(segment.directory('client'), 'cluster.yaml')
  const text = readFileSync('fixtures/clusters/metallb-three-nodes/cluster.yaml', 'utf8')
  writeFileSync(cluster, text.replaceAll('address: 10.0.0.', 'address: 10.77.0.'))
  const argv = [process.execPath, resolve('bin/run.js'), 'scan', '-i', 'eth0', '--json', '--cluster-from', cluster]
  const done = await segment.exec('client', [...argv, ...flags], { timeoutMs: 60_000 })
  return reportSchema.parse(JSON.parse(done.stdout))
}

function claimsOf(report: Report, ip: string) {
  const address = report.addresses.find((address) => address.ip === ip)
  const claims = address?.claims.map(({ mac, node, via, expected }) => ({ mac, node, via, expected })) ?? []
  return claims.toSorted((a, b) => (a.mac < b.mac ? -1 : 1))
}

describeLab('scan with a cluster', () => {
  it('names the node that answers and marks it as the expected one', async () => {
    const report = await scan({ 'node-c': [WEB] }, '--vip', WEB)
    expect(claimsOf(report, WEB)).toEqual([{ mac: MAC_C, node: 'node-c', via: 'arp-of-node-ip', expected: true }])
    expect(report.addresses).toMatchObject([
      { ip: WEB, service: 'default/web', expected: { node: 'node-c', from: 'metallb election' } },
    ])
    expect(report.findings).toEqual([])
  })

  it('names the other node when two answer', async () => {
    const report = await scan({ 'node-b': [WEB], 'node-c': [WEB] }, '--vip', WEB)
    expect(claimsOf(report, WEB)).toEqual([
      { mac: MAC_B, node: 'node-b', via: 'arp-of-node-ip', expected: false },
      { mac: MAC_C, node: 'node-c', via: 'arp-of-node-ip', expected: true },
    ])
    expect(report.findings.find(({ rule }) => rule === 'wire/unexpected-responder')).toMatchObject({
      data: { macs: [MAC_B], nodes: ['node-b'], expected: ['node-c'] },
    })
  })

  it("asks every node's own MAC, so that a second answerer shows which the broadcasts hid", async () => {
    const report = await scan({ 'node-c': [WEB] }, '--vip', WEB)
    const asked = report.addresses[0]?.timeline.filter(({ mode }) => mode === 'unicast').map(({ answers }) => answers)
    expect(asked?.map((answers) => answers.map(({ mac }) => mac)).toSorted()).toEqual([[], [], [MAC_C]])
  })

  it('covers every VIP of the cluster with --all', async () => {
    const report = await scan({ 'node-b': [API], 'node-c': [WEB] }, '--all')
    expect(report.addresses.map(({ ip }) => ip)).toEqual(['10.77.0.5', WEB, API])
    expect(claimsOf(report, API)).toEqual([{ mac: MAC_B, node: 'node-b', via: 'arp-of-node-ip', expected: true }])
  })

  it("takes the operator's word for a MAC before what ARP says", async () => {
    const report = await scan({ 'node-a': [WEB] }, '--vip', WEB, '--mac', `node-c=${MAC_A}`, '--mac', `node-a=${MAC_B}`)
    expect(claimsOf(report, WEB)).toEqual([{ mac: MAC_A, node: 'node-c', via: 'operator', expected: true }])
  })
})
