import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import type { HostSpec } from '../../src/lab/model.js'
import { buildSegment, type Segment } from '../../src/lab/segment.js'
import { describeLab } from './describe-lab.js'
import { parseReport } from './scan-scenario.js'
import { CLI } from './ssh-hosts.js'

/** Those of the Services, and kube-vip's of the control plane. */
const VIPS = ['10.77.0.240', '10.77.0.241', '10.77.0.5']
const [WEB, API, CONTROL_PLANE] = VIPS as [string, string, string]
const CLIENT_MAC = '02:00:00:00:01:00'

let segment: Segment | null = null
afterEach(() => {
  segment?.remove()
  segment = null
})

interface Frame {
  readonly to: string
  readonly spa: string
  readonly tpa: string
}

/** The machine that asks; the others are nodes of the cluster, whose kernel answers for the VIP. */
interface Asker {
  readonly client: Partial<HostSpec>
  /** Senders of its requests; 0.0.0.0 is that of a probe. */
  readonly senders: readonly string[]
}

const PROBE = '0.0.0.0'
const askers: Record<string, Asker> = {
  'a machine with one address': { client: {}, senders: ['10.77.0.100', PROBE] },
  'a node that holds the VIP, and is asked for its own address': {
    client: { address: '10.77.0.13/24', vips: [WEB] },
    senders: ['10.77.0.13', PROBE],
  },
  'a node whose first address is the VIP': {
    client: { address: `${WEB}/24`, setup: ['ip addr add 10.77.0.13/24 dev eth0'] },
    senders: ['10.77.0.13', PROBE],
  },
  'a node that also holds the VIP of another Service and of the control plane': {
    client: {
      address: `${API}/24`,
      setup: [`ip addr add ${CONTROL_PLANE}/24 dev eth0`, 'ip addr add 10.77.0.13/24 dev eth0'],
    },
    senders: ['10.77.0.13', PROBE],
  },
  'a machine that has nothing but VIPs': {
    client: { address: `${API}/24`, setup: [`ip addr add ${CONTROL_PLANE}/24 dev eth0`], vips: ['10.77.0.245'] },
    senders: [PROBE],
  },
}

async function build(client: Partial<HostSpec>): Promise<{ segment: Segment; cluster: string; checkFile: string }> {
  segment = await buildSegment({
    client,
    hosts: [
      { name: 'node-a', vips: [WEB] },
      { name: 'node-b', proxies: [WEB] },
    ],
  })
  const folder = segment.directory('client')
  const [cluster, checkFile] = [join(folder, 'cluster.yaml'), join(folder, 'l2doctor.yaml')]
  const text = readFileSync('fixtures/clusters/metallb-three-nodes/cluster.yaml', 'utf8')
  writeFileSync(cluster, text.replaceAll('address: 10.0.0.', 'address: 10.77.0.'))
  return { segment, cluster, checkFile }
}

/** Every request that leaves the client's eth0 while the command runs, and what the command printed. */
async function sent(at: Segment, argv: readonly string[]): Promise<{ frames: Frame[]; stdout: string }> {
  const filter = `arp[6:2] = 1 and ether src ${CLIENT_MAC}`
  const listener = at.spawn('client', ['tcpdump', '-p', '-n', '-l', '-e', '-Q', 'out', '-i', 'eth0', filter])
  let text = ''
  listener.stdout!.on('data', (chunk) => {
    text += chunk
  })
  await once(listener.stderr!, 'data')
  const { stdout, stderr } = await at.exec('client', [...CLI, ...argv], { timeoutMs: 60_000 })
  if (stdout === '') throw new Error(`no report: ${stderr}`)
  const closed = once(listener, 'close')
  listener.kill('SIGTERM')
  await closed
  const line = / > (\S+), .*?(?:who-has (\S+?)(?: \(\S+\))? tell (\S+?),|Probe (\S+?),|Announcement (\S+?),)/g
  const frames = [...text.matchAll(line)].map(([, to = '', tpa, spa, probed, announced]) => ({
    to,
    spa: spa ?? announced ?? PROBE,
    tpa: tpa ?? probed ?? announced ?? '',
  }))
  expect(frames).toHaveLength(text.trim().split('\n').length)
  return { frames, stdout }
}

function judge(frames: readonly Frame[], senders: readonly string[]): void {
  expect(frames.length).toBeGreaterThan(0)
  expect(frames.filter(({ spa, tpa }) => spa === tpa)).toEqual([])
  expect(frames.filter(({ spa }) => VIPS.includes(spa))).toEqual([])
  expect(new Set(frames.map(({ spa }) => spa))).toEqual(new Set(senders))
}

describeLab('no request names a VIP as its sender, and none is gratuitous', () => {
  it.each(Object.keys(askers))('%s, with the cluster', async (name) => {
    const { client, senders } = askers[name]!
    const { segment, cluster, checkFile } = await build(client)
    const known = ['--cluster-from', cluster, '--json']
    writeFileSync(checkFile, `version: 1\ninterface: eth0\nvips: [{ip: ${WEB}}]\n`)
    const runs = [
      ['scan', '-i', 'eth0', '--vip', WEB, ...known],
      ['diagnose', '-i', 'eth0', '--vip', WEB, '--no-hosts', ...known],
      ['check', '-f', checkFile, ...known],
    ]
    for (const run of runs) judge((await sent(segment, run)).frames, senders)
  })

  it.each([
    ['it is asked for', ['10.77.0.13/24', '10.77.0.240/32'], ['10.77.0.13', PROBE], `${WEB},${API}`],
    ['our own address is asked for', ['10.77.0.13/24', '10.77.0.241/32'], [PROBE], '10.77.0.13'],
    ['there is nothing else', ['10.77.0.241/32'], [PROBE], WEB],
  ])('without a cluster, when %s', async (_, [address = '', ...more], senders, vips) => {
    const { segment } = await build({ address, setup: more.map((one) => `ip addr add ${one} dev eth0`) })
    for (const engine of ['cap', 'tcpdump']) {
      const flags = ['--no-kube', '--engine', engine, '--json']
      judge((await sent(segment, ['scan', '-i', 'eth0', '--vip', vips, ...flags])).frames, senders)
    }
  })

  it('probes an address only once something answered for it, and says what a lone probe cannot show', async () => {
    const { segment } = await build({})
    const silent = await sent(segment, ['scan', '--vip', '10.77.0.247', '--no-kube', '--json'])
    expect(silent.frames.map(({ spa }) => spa)).toEqual(Array(4).fill('10.77.0.100'))
    await segment.exec('client', ['ip', 'addr', 'flush', 'dev', 'eth0'])
    const { frames, stdout } = await sent(segment, ['scan', '-i', 'eth0', '--vip', WEB, '--no-kube', '--json'])
    expect(frames).toEqual([{ to: 'ff:ff:ff:ff:ff:ff', spa: PROBE, tpa: WEB }])
    const report = parseReport(stdout)
    expect(report.addresses[0]?.claims).toMatchObject([{ mac: '02:00:00:00:00:11', class: 'owner' }])
    expect(report.gaps).toContainEqual(
      expect.objectContaining({ subject: 'eth0', reason: expect.stringContaining('proxy ARP') }),
    )
  })

  it('still tells a proxy from the owner', async () => {
    const { segment } = await build({})
    const { stdout } = await sent(segment, ['scan', '--vip', WEB, '--no-kube', '--json'])
    const classes = parseReport(stdout).addresses[0]!.claims.map(({ mac, class: found }) => [mac, found])
    expect(Object.fromEntries(classes)).toEqual({ '02:00:00:00:00:11': 'owner', '02:00:00:00:00:12': 'proxy-arp' })
  })
})
