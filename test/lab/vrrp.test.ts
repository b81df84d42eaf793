import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { SNAP_LENGTH } from '../../src/capture/live.js'
import { PERL_LISTENER, PYTHON_LISTENER } from '../../src/capture/packet-listeners.js'
import { pcapOfBlocks } from '../../src/capture/ring-blocks.js'
import { PERL_RING_LISTENER, PYTHON_RING_LISTENER } from '../../src/capture/ring-listeners.js'
import type { SegmentSpec } from '../../src/lab/model.js'
import { buildSegment, type Segment } from '../../src/lab/segment.js'
import { Observer } from '../../src/observe/observer.js'
import { type Report, reportSchema } from '../../src/report/report.js'
import { advertFrame } from '../advert-frames.js'
import { describeLab } from './describe-lab.js'
import { type Instance, startKeepalived, whyNoKeepalived } from './keepalived.js'

const VIP = '10.77.0.240'
const OTHER = '10.77.0.241'
const L2DOCTOR = [process.execPath, resolve('bin/run.js')]
const TWO: SegmentSpec = { hosts: [{ name: 'lb-a' }, { name: 'lb-b' }] }
const A: Instance = { priority: 150, vips: [VIP] }
const B: Instance = { priority: 100, vips: [VIP] }

let segment: Segment
afterEach(() => segment?.remove())

async function build(spec: SegmentSpec = TWO): Promise<void> {
  segment = await buildSegment(spec)
}

async function drop(host: string, match: string): Promise<void> {
  const lines = `nft add table inet f; nft 'add chain inet f i { type filter hook input priority 0; }'; nft add rule inet f i ${match} drop`
  expect((await segment.exec(host, ['sh', '-ec', lines])).code).toBe(0)
}

const run = (host: string, instance: Instance) => startKeepalived(segment, host, instance)

/** A scan that listens; resolves once it does. */
async function listen(...flags: string[]): Promise<ChildProcess> {
  const argv = [...L2DOCTOR, 'scan', '--json', '--duration', '60s', ...flags]
  const child = segment.spawn('client', argv, { stdio: ['ignore', 'pipe', 'pipe'] })
  await once(child.stderr!, 'data')
  return child
}

/** Ends a scan that listens, as Ctrl-C does. */
async function finish(child: ChildProcess): Promise<Report> {
  let text = ''
  child.stdout!.on('data', (chunk) => {
    text += chunk
  })
  child.kill('SIGINT')
  await once(child, 'close')
  return reportSchema.parse(JSON.parse(text))
}

async function scan(...flags: string[]): Promise<Report> {
  const done = await segment.exec('client', [...L2DOCTOR, 'scan', '--json', ...flags])
  if (done.stdout === '') throw new Error(`no report, exit ${done.code}: ${done.stderr}`)
  return reportSchema.parse(JSON.parse(done.stdout))
}

/** Findings that are no mere information. */
const rulesOf = ({ findings }: Report) => findings.filter(({ severity }) => severity !== 'info').map(({ rule }) => rule)
const routersOf = ({ capture }: Report) => capture!.vrrp!.routers
const seconds = (count: number) => segment.exec('client', ['sleep', String(count)])

const same = (chunks: AsyncIterable<Uint8Array>) => chunks

const whyNot = whyNoKeepalived()
if (whyNot) console.warn(`SKIPPED keepalived in a lab: ${whyNot}`)
const given =
  whyNot === null
    ? describeLab
    : (name: string, tests: () => void) => describe.skip(`${name} (SKIPPED: ${whyNot})`, tests)

/** Sends each frame, in turn, every 50 ms from eth0 of a host. */
const SENDER = String.raw`socket(my $s, 17, 3, 0x0300) or die; open my $i, '<', '/sys/class/net/eth0/ifindex' or die;
my $to = pack('S n i S C C a8', 17, 3, scalar <$i>, 0, 0, 6, '');
print "sending\n"; $| = 1;
while (1) { for (@ARGV) { send($s, pack('H*', $_), 0, $to) or die; select(undef, undef, undef, 0.05) } }`

describeLab('adverts in a live capture', () => {
  const plain = { mac: 0x020000000011, source: '10.77.0.11', vrid: 51, priority: 150, addresses: [VIP] }
  const frames = [
    advertFrame(plain),
    advertFrame({ ...plain, vrid: 52, vlans: [7] }),
    advertFrame({ ...plain, vrid: 53, source: 'fe80::11', addresses: ['fe80::1'] }),
    advertFrame({ ...plain, vrid: 54, source: 'fe80::11', addresses: ['fe80::1'], vlans: [7] }),
    advertFrame({ ...plain, vrid: 55, isBehindAh: true }),
    advertFrame({ ...plain, vrid: 56, isBehindAh: true, vlans: [7] }),
    advertFrame({ ...plain, vrid: 57, protocol: 'carp', vlans: [7] }),
  ].map((frame) => Buffer.from(frame).toString('hex'))

  const NO_ADVERT = '02000000010002000000001108004500001c000000004011000a4d000b0a4d00640001000200080000'
  const EXPECTED = ['51 ', '52 7', '53 ', '54 7', '55 ', '56 7', '57 7']

  async function send(): Promise<void> {
    await build()
    // no neighbour discovery of the hosts themselves, which is captured too
    const silence = 'echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6'
    for (const { name } of segment.hosts) await segment.exec(name, ['sh', '-c', silence])
    const argv = ['perl', '-e', SENDER, ...frames, NO_ADVERT]
    const sender = segment.spawn('lb-a', argv, { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(sender.stdout!, 'data')
  }

  it.each(['cap', 'tcpdump'])('come through by %s, tagged and not, and nothing else does', async (engine) => {
    await send()
    const report = await scan('--passive', '--duration', '2s', '--engine', engine)
    const seen = routersOf(report).map(({ vrid, vlans }) => `${vrid} ${vlans.join()}`)
    expect(seen.sort()).toEqual(EXPECTED)
    expect(report.capture!.frames).toBe(report.capture!.arp + report.capture!.vrrp!.adverts)
  })

  it.each([
    ['perl', ['-e', PERL_LISTENER], process.arch === 'x64' ? ['47'] : ['212'], same],
    ['python3', ['-c', PYTHON_LISTENER], [], same],
    [
      'perl',
      ['-e', PERL_RING_LISTENER],
      ['50', ...(process.arch === 'x64' ? ['9', '0', '1'] : ['222', '63', '64'])],
      pcapOfBlocks,
    ],
    ['python3', ['-c', PYTHON_RING_LISTENER], ['50'], pcapOfBlocks],
  ])('come through a packet socket of %s likewise', async (program, code, more, pcapOf) => {
    await send()
    const { stdout: index } = await segment.exec('client', ['cat', '/sys/class/net/eth0/ifindex'])
    const argv = [program, ...code, index.trim(), String(SNAP_LENGTH), '0', ...more]
    const child = segment.spawn('client', argv, { stdio: ['pipe', 'pipe', 'inherit'] })
    const observer = new Observer({ asked: [], allAddresses: false })
    setTimeout(() => child.stdin!.end(), 2000)
    for await (const chunk of pcapOf(child.stdout!)) observer.push(Uint8Array.from(chunk))
    const { capture } = observer.finish()
    expect(capture.vrrp.routers.map(({ vrid, vlans }) => `${vrid} ${vlans.join()}`).sort()).toEqual(EXPECTED)
    expect(capture.frames).toBe(capture.arp + capture.vrrp.adverts)
  })
})

given('keepalived', () => {
  it.each<[string, Partial<Instance>]>([
    ['VRRPv2 with a password', { version: 2, interval: 1 }],
    ['VRRPv3', {}],
    ['VRRPv3 with use_vmac', { lines: ['use_vmac'] }],
    ['unicast', { lines: ['unicast_peer { 10.77.0.11 }'] }],
  ])('a healthy pair is healthy, and who is master is known: %s', async (_, more) => {
    await build()
    const peers = more.lines?.[0]?.startsWith('unicast') ? { lines: ['unicast_peer {\n 10.77.0.12\n}'] } : {}
    const a = run('lb-a', { ...A, ...more, ...peers })
    await a.entered('MASTER')
    const b = run('lb-b', { ...B, ...more, ...(peers.lines ? { lines: ['unicast_peer {\n 10.77.0.11\n}'] } : {}) })
    await b.entered('BACKUP')
    const report = await scan('--vip', VIP)
    expect(rulesOf(report)).toEqual([])
    expect(report.verdict).toBe('healthy')
    // a switch does not send the client what is for the peer alone
    if (peers.lines) return
    const [router] = routersOf(report)
    expect(router).toMatchObject({ vrid: 51, family: 4, master: '10.77.0.11', changes: 0 })
    expect(router!.masters[0]).toMatchObject({ priority: 150, addresses: [VIP], version: more.version ?? 3 })
    expect(JSON.stringify(report)).not.toContain('geheim')
  })

  it('a failover and the way back are healthy', async () => {
    await build()
    const a = run('lb-a', A)
    await a.entered('MASTER')
    const b = run('lb-b', B)
    await b.entered('BACKUP')
    await seconds(2) // the master has announced the address for the second time
    const scanning = await listen('--vip', VIP, '--passive')
    await a.stop()
    await b.entered('MASTER')
    await seconds(2)
    const back = run('lb-a', A)
    await back.entered('MASTER')
    await b.entered('BACKUP')
    await seconds(2)
    const report = await finish(scanning)
    expect(rulesOf(report)).toEqual([])
    expect(routersOf(report)).toMatchObject([{ master: '10.77.0.11', changes: 2 }])
  })

  it.each([
    ['IPv4', 'ip protocol vrrp', A.vips, VIP],
    ['IPv6', 'meta l4proto 112', ['fe80::77:1', '2001:db8:77::240/64'], null],
  ])('a filter that keeps the adverts from one of them makes two masters: %s', async (_, match, vips, asked) => {
    await build()
    await drop('lb-b', match)
    const [a, b] = [run('lb-a', { ...A, vips }), run('lb-b', { ...B, vips })]
    await Promise.all([a.entered('MASTER'), b.entered('MASTER')])
    const report = asked ? await scan('--vip', asked) : await scan('--passive', '--duration', '4s')
    const found = report.findings.find(({ rule }) => rule === 'vrrp/two-masters')
    expect(found).toMatchObject({ severity: 'error', certainty: 'certain', data: { vrid: 51 } })
    expect(found?.message).toContain('has the higher priority')
    if (asked) {
      expect(rulesOf(report)).toContain('wire/duplicate-responders')
      expect(found?.data).toMatchObject({ deaf: { machine: { ip: '10.77.0.12' } } })
    }
  })

  it('two masters are heard out, also where a second passes from advert to advert', async () => {
    await build()
    await drop('lb-b', 'ip protocol vrrp')
    const [a, b] = [run('lb-a', { ...A, interval: 1 }), run('lb-b', { ...B, interval: 1 })]
    await Promise.all([a.entered('MASTER'), b.entered('MASTER')])
    expect(rulesOf(await scan('--vip', VIP))).toContain('vrrp/two-masters')
  })

  it('two clusters with one ID are told apart', async () => {
    await build()
    // one that hears and refuses the other starts its interval again each time, and may stay silent: vrrp-states.ts has that
    for (const host of ['lb-a', 'lb-b']) await drop(host, 'ip protocol vrrp')
    const [a, b] = [run('lb-a', { ...A, priority: 100 }), run('lb-b', { ...B, vips: [OTHER] })]
    const scanning = await listen('--vip', `${VIP},${OTHER}`, '--passive')
    await Promise.all([a.entered('MASTER'), b.entered('MASTER')])
    await seconds(4)
    const report = await finish(scanning)
    expect(rulesOf(report)).toContain('vrrp/id-clash')
    expect(rulesOf(report)).not.toContain('vrrp/two-masters')
  })

  it('a master that comes and goes is a loop of preemption, with its period', async () => {
    await build()
    const b = run('lb-b', B)
    await b.entered('MASTER')
    const scanning = await listen('--vip', VIP, '--passive')
    for (let turn = 0; turn < 3; turn++) {
      const a = run('lb-a', A)
      await a.entered('MASTER')
      await b.entered('BACKUP')
      await seconds(1)
      await a.stop()
      await b.entered('MASTER')
      await seconds(1)
    }
    const report = await finish(scanning)
    const found = report.findings.find(({ rule }) => rule === 'vrrp/preemption-loop')
    expect(found?.data).toMatchObject({ machine: { ip: '10.77.0.11' }, times: 3, endings: ['resigned 3 times'] })
  })

  /** What audit-node keeps of a host whose /etc/keepalived holds what its keepalived runs with. */
  async function snapshot(host: string, { file }: { file: string }): Promise<{ saved: string; report: Report }> {
    const save = join(segment.directory(host), 'audit')
    const inMounts = `mount -t tmpfs none /etc/keepalived && cp ${file} /etc/keepalived/keepalived.conf && exec "$@"`
    const audit = [...L2DOCTOR, 'audit-node', '--local', '--json', '--save', save]
    const done = await segment.exec(host, ['unshare', '-m', 'sh', '-ec', inMounts, 'sh', ...audit])
    const [name = ''] = readdirSync(save)
    return { saved: readFileSync(join(save, name), 'utf8'), report: reportSchema.parse(JSON.parse(done.stdout)) }
  }

  it('audit-node reads the settings of a real pair, and never the password', async () => {
    await build()
    const a = run('lb-a', { ...A, version: 2, interval: 1 })
    await a.entered('MASTER')
    const { saved, report } = await snapshot('lb-a', a)
    expect(report.findings.filter(({ rule }) => rule.startsWith('vrrp/'))).toEqual([])
    expect(saved).toContain('virtual_router_id 51')
    expect(saved).not.toContain('geheim')
  })

  it.each<[string, readonly string[]]>([
    ['addresses on the card', []],
    ['use_vmac', ['use_vmac']],
  ])('diagnose works without Kubernetes, and expects the master by its adverts: %s', async (_, lines) => {
    await build()
    const a = run('lb-a', { ...A, lines })
    await a.entered('MASTER')
    const b = run('lb-b', { ...B, lines })
    await b.entered('BACKUP')
    const nodes = segment.directory('client')
    for (const [host, running] of [
      ['lb-a', a],
      ['lb-b', b],
    ] as const) {
      const { saved } = await snapshot(host, running)
      writeFileSync(join(nodes, `${host}.json`), JSON.stringify({ ...JSON.parse(saved), name: host }))
    }
    const hosts = ['--host', 'lb-a', '--host', 'lb-b', '--nodes-from', nodes]
    const done = await segment.exec('client', [...L2DOCTOR, 'diagnose', '--vip', VIP, '--no-kube', ...hosts, '--json'])
    const report = reportSchema.parse(JSON.parse(done.stdout))
    expect(rulesOf(report)).toEqual([])
    expect([report.verdict, done.code]).toEqual(['healthy', 0])
    expect(report.addresses[0]).toMatchObject({
      expected: { node: 'lb-a', from: 'vrrp adverts' },
      // both machines have a macvlan with the virtual MAC
      claims: [{ node: lines.length > 0 ? 'lb-a or lb-b' : 'lb-a', expected: true }],
    })
  })
})
