import { type ChildProcess, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import type { SegmentSpec } from '../../src/lab/model.js'
import { sender } from '../../src/lab/programs.js'
import { buildSegment, type RunOptions, type Segment } from '../../src/lab/segment.js'
import { type Report, reportSchema } from '../../src/report/report.js'
import { describeLab } from './describe-lab.js'

const VIP = '10.77.0.240'
const [MAC_A, MAC_B, CLIENT] = ['02:00:00:00:00:11', '02:00:00:00:00:12', '02:00:00:00:01:00']
const L2DOCTOR = [process.execPath, resolve('bin/run.js')]
const owners: SegmentSpec = {
  hosts: [
    { name: 'node-a', vips: [VIP] },
    { name: 'node-b', vips: [VIP] },
  ],
}
const standing: Segment[] = []

afterEach(() => {
  for (const segment of standing.splice(0)) segment.remove()
})

async function build(spec: SegmentSpec): Promise<Segment> {
  const segment = await buildSegment(spec)
  standing.push(segment)
  return segment
}

interface Scanned {
  readonly code: number | null
  readonly report: Report
  readonly stderr: string
}

/** Runs `scan --json` at the client to its end; `before` wraps the command. */
async function scan(
  segment: Segment,
  flags: string[],
  options: RunOptions = {},
  before: string[] = [],
): Promise<Scanned> {
  const done = await segment.exec('client', [...before, ...L2DOCTOR, 'scan', '--json', ...flags], options)
  if (done.stdout === '') throw new Error(`no report, exit ${done.code}: ${done.stderr}`)
  return { code: done.code, report: reportSchema.parse(JSON.parse(done.stdout)), stderr: done.stderr }
}

/** A scan that goes on; resolves once it listens. */
async function start(segment: Segment, flags: string[]): Promise<ChildProcess> {
  const child = segment.spawn('client', [...L2DOCTOR, 'scan', '--json', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  await once(child.stderr!, 'data')
  return child
}

/** The end of a running scan. */
async function finish(child: ChildProcess): Promise<{ code: number | null; report: Report }> {
  let text = ''
  child.stdout!.on('data', (chunk) => {
    text += chunk
  })
  const [code] = await once(child, 'close')
  return { code, report: reportSchema.parse(JSON.parse(text)) }
}

function promiscuity(segment: Segment): number {
  const argv = ['-n', segment.host('client').namespace, '-j', '-d', 'link', 'show', 'eth0']
  return JSON.parse(execFileSync('ip', argv, { encoding: 'utf8' }))[0].promiscuity
}

function processes(segment: Segment): string {
  return execFileSync('ip', ['netns', 'pids', segment.host('client').namespace], { encoding: 'utf8' }).trim()
}

describeLab('live scan', () => {
  it.each([
    ['cap', 'userspace', true],
    ['tcpdump', 'kernel', false],
  ])('%s finds both owners of a VIP', async (engine, clock, promiscuityChanged) => {
    const segment = await build(owners)
    const { code, report } = await scan(segment, ['--vip', VIP, '--engine', engine])
    expect(code).toBe(1)
    expect(report.findings.map(({ rule }) => rule)).toContain('wire/duplicate-responders')
    const claims = report.addresses[0]?.claims.map((claim) => [claim.mac, claim.class, claim.rounds]).toSorted()
    expect(claims).toEqual([
      [MAC_A, 'owner', 5],
      [MAC_B, 'owner', 5],
    ])
    expect(report.run.source).toEqual({ kind: 'live', name: 'eth0', engine })
    expect(report.capture).toMatchObject({ clock, promiscuityChanged, dropped: engine === 'tcpdump' ? 0 : null })
    expect(promiscuity(segment)).toBe(0)
    expect(processes(segment)).toBe('')
  })

  it('tells a proxy from an owner by both engines', async () => {
    const segment = await build({
      hosts: [
        { name: 'node-a', vips: [VIP] },
        { name: 'node-b', proxies: [VIP] },
      ],
    })
    for (const engine of ['cap', 'tcpdump']) {
      const { report } = await scan(segment, ['--vip', VIP, '--engine', engine])
      const classes = Object.fromEntries(report.addresses[0]!.claims.map((claim) => [claim.mac, claim.class]))
      expect(classes, engine).toEqual({ [MAC_A]: 'owner', [MAC_B]: 'proxy-arp' })
    }
  })

  it('proves an owner that no broadcast reaches', async () => {
    const segment = await build({ hosts: [{ name: 'node-a', vips: [VIP], deaf: true }] })
    const { report } = await scan(segment, ['--vip', VIP, '--expect-mac', MAC_A])
    expect(report.addresses[0]?.claims).toMatchObject([{ mac: MAC_A, class: 'owner' }])
    expect(report.findings.map(({ rule }) => rule)).toContain('wire/broadcast-not-answered')
  })

  it('says that its own table sends to a machine that does not answer, as the table was before it asked', async () => {
    const segment = await build({ hosts: [{ name: 'node-a', vips: [VIP] }] })
    const table = (mac: string, nud: string) =>
      segment.exec('client', ['ip', 'neigh', 'replace', VIP, 'lladdr', mac, 'dev', 'eth0', 'nud', nud])
    for (const [nud, severity, code] of [
      ['permanent', 'error', 1],
      // the kernel corrects this one by the answers to our own requests
      ['stale', 'warning', 0],
    ] as const) {
      await table(MAC_B, nud)
      const scanned = await scan(segment, ['--vip', VIP])
      expect([scanned.code, scanned.report.findings.map((one) => [one.rule, one.severity])]).toEqual([
        code,
        [['answers/stale-neighbour', severity]],
      ])
      expect(scanned.report.addresses[0]?.ownEntry).toMatchObject({ mac: MAC_B, states: [nud.toUpperCase()] })
    }
    await table(MAC_A, 'permanent')
    const healthy = await scan(segment, ['--vip', VIP])
    expect([healthy.code, healthy.report.verdict, healthy.report.findings]).toEqual([0, 'healthy', []])
  })

  it('takes tcpdump on a bridge and leaves its promiscuity alone', async () => {
    const setup = [
      'ip link add br0 type bridge',
      'ip addr flush dev eth0',
      'ip link set eth0 master br0',
      'ip addr add 10.77.0.100/24 dev br0',
      'ip link set br0 up',
    ]
    const segment = await build({ ...owners, client: { setup } })
    const { report } = await scan(segment, ['--vip', VIP])
    expect(report.run.source).toMatchObject({ name: 'br0', engine: 'tcpdump' })
    expect(report.capture?.promiscuityChanged).toBe(false)
    expect(report.addresses[0]?.claims).toHaveLength(2)
  })

  it('replays what it wrote to the same findings', async () => {
    const segment = await build(owners)
    const file = join(segment.directory('client'), 'scan.pcap')
    const live = await scan(segment, ['--vip', VIP, '--write', file])
    expect(readdirSync(segment.directory('client'))).toEqual(['scan.pcap'])
    const replayed = await scan(segment, ['--vip', VIP, '--read', file])
    expect(replayed.report.findings).toEqual(live.report.findings)
    expect(replayed.report.addresses).toEqual(live.report.addresses)
  })

  it('goes on without its copy when the disk is full, and says so', async () => {
    const segment = await build(owners)
    const folder = join(segment.directory('client'), 'small')
    mkdirSync(folder)
    const fill = 'mount -t tmpfs -o size=4k tmpfs "$0" && head -c 4096 /dev/zero >"$0/rest" && exec "$@"'
    const flags = ['--vip', VIP, '--write', join(folder, 'scan.pcap')]
    const { code, report, stderr } = await scan(segment, flags, {}, ['unshare', '--mount', 'sh', '-c', fill, folder])
    expect(code, stderr).toBe(1)
    expect(report.findings.map(({ rule }) => rule)).toContain('wire/duplicate-responders')
    expect(report.gaps).toContainEqual(expect.objectContaining({ subject: expect.stringMatching(/^--write /) }))
    expect(stderr).toMatch(/Error: cannot write .*ENOSPC[^\n]*\n$/)
  })

  it('does not start when its copy cannot be opened', async () => {
    const segment = await build(owners)
    const argv = [...L2DOCTOR, 'scan', '--vip', VIP, '--write', join(segment.directory('client'), 'missing', 'x')]
    const done = await segment.exec('client', argv)
    expect(done).toMatchObject({ code: 2, stdout: '' })
    expect(done.stderr).toMatch(/^Error: cannot write .*there is no folder/)
  })
})

describeLab('what a live scan sends', () => {
  /** All ARP that node-a sees from the client while `flags` run: `[spa, tpa, receiver, seconds]`. */
  async function sent(segment: Segment, flags: string[]) {
    const filter = `arp and ether src ${CLIENT}`
    const listener = segment.spawn('node-a', ['tcpdump', '-p', '-n', '-l', '-e', '-tt', '-i', 'eth0', filter])
    let text = ''
    listener.stdout!.on('data', (chunk) => {
      text += chunk
    })
    await once(listener.stderr!, 'data')
    await scan(segment, flags)
    const closed = once(listener, 'close')
    listener.kill('SIGTERM')
    await closed
    const line = /^(\S+) \S+ > (\S+), .*who-has (\S+)(?: \(\S+\))? tell (\S+),/gm
    return [...text.matchAll(line)].map(([, at, to, tpa, spa]) => ({ at: Number(at), to, tpa, spa }))
  }

  it.each(['cap', 'tcpdump'])('%s: never a gratuitous ARP, never more than ten frames a second', async (engine) => {
    const segment = await build(owners)
    const frames = await sent(segment, ['--vip', `${VIP},10.77.0.241,10.77.0.242`, '--engine', engine])
    expect(frames.length).toBeGreaterThanOrEqual(14) // 12 broadcasts; to the one VIP that answers a probe and a unicast
    expect(frames.filter(({ spa, tpa }) => spa === tpa)).toEqual([])
    for (const { at } of frames) {
      // the switch and the scheduler may move a frame by some ms
      expect(frames.filter((frame) => frame.at >= at && frame.at < at + 0.95).length).toBeLessThanOrEqual(10)
    }
    expect(new Set(frames.map(({ spa }) => spa))).toEqual(new Set(['10.77.0.100', '0.0.0.0']))
  })

  it('asks for an address of its own without announcing it, and reports the gap', async () => {
    const segment = await build({ ...owners, client: { vips: [VIP] } })
    const frames = await sent(segment, ['--vip', VIP])
    expect(frames.length).toBeGreaterThan(5)
    expect(frames.filter(({ spa, tpa }) => spa === tpa)).toEqual([])
    const { report } = await scan(segment, ['--vip', VIP])
    expect(report.gaps).toContainEqual(
      expect.objectContaining({ subject: VIP, reason: expect.stringContaining('this machine holds it') }),
    )
  })

  it('only probes from an interface without an address, and says so', async () => {
    const segment = await build({ ...owners, client: { setup: ['ip addr flush dev eth0'] } })
    const frames = await sent(segment, ['--vip', VIP, '-i', 'eth0'])
    expect(new Set(frames.map(({ spa }) => spa))).toEqual(new Set(['0.0.0.0']))
    const { report } = await scan(segment, ['--vip', VIP, '-i', 'eth0'])
    expect(report.addresses[0]?.claims).toHaveLength(2)
    expect(report.gaps).toContainEqual(expect.objectContaining({ subject: 'eth0' }))
  })
})

describeLab('a live scan that cannot look', () => {
  const withoutRaw = ['setpriv', '--bounding-set=-net_raw', '--inh-caps=-net_raw', '--']

  it.each(['cap', 'tcpdump'])('%s: no CAP_NET_RAW', async (engine) => {
    const segment = await build(owners)
    const { code, report } = await scan(segment, ['--vip', VIP, '--engine', engine], {}, withoutRaw)
    expect(code).toBe(3)
    expect(report).toMatchObject({ verdict: 'inconclusive', capture: null, findings: [] })
    expect(report.gaps).toMatchObject([
      { reason: expect.stringContaining('CAP_NET_RAW'), hint: expect.stringContaining('sudo') },
    ])
  })

  it.each([
    ['unknown', 'eth7', 'does not exist', 'eth0'],
    ['down', 'dummy0', 'is down', 'ip link set dev dummy0 up'],
    ['a loopback', 'lo', 'loopback', 'eth0'],
  ])('an interface that is %s', async (_, device, reason, hint) => {
    const segment = await build({ ...owners, client: { setup: ['ip link add dummy0 type veth peer name dummy1'] } })
    const { code, report } = await scan(segment, ['--vip', VIP, '-i', device])
    expect(code).toBe(3)
    expect(report.gaps).toMatchObject([
      { subject: `interface ${device}`, reason: expect.stringContaining(reason), hint: expect.stringContaining(hint) },
    ])
  })

  it.each([
    ['scan', '10.77.0.255', 'broadcast'],
    ['scan', '10.77.0.0', 'network'],
    ['scan --passive --duration 5s', '10.77.0.255', 'broadcast'],
    ['diagnose --host node-a', '10.77.0.255', 'broadcast'],
  ])("%s refuses %s, the subnet's own, and sends nothing", async (command, vip, kind) => {
    const segment = await build(owners)
    const listener = segment.spawn('client', ['tcpdump', '-p', '-n', '-l', '-Q', 'out', '-i', 'eth0', 'arp'])
    let sent = ''
    listener.stdout!.on('data', (chunk) => {
      sent += chunk
    })
    await once(listener.stderr!, 'data')
    const argv = [...command.split(' '), '--vip', `${VIP},${vip}`, '--no-kube', '--json']
    const done = await segment.exec('client', [...L2DOCTOR, ...argv])
    const closed = once(listener, 'close')
    listener.kill('SIGTERM')
    await closed
    expect(done).toMatchObject({ code: 2, stdout: '' })
    expect(done.stderr).toBe(
      `Error: ${vip} cannot be a VIP: it is the ${kind} address of 10.77.0.0/24, the subnet of eth0; name another address\n`,
    )
    expect(sent.trim()).toBe('')
  })

  it('no tcpdump', async () => {
    const segment = await build(owners)
    const bin = join(segment.directory('client'), 'bin')
    mkdirSync(bin)
    for (const name of ['ip', 'sh', 'perl']) {
      symlinkSync(execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim(), join(bin, name))
    }
    const env = { ...process.env, PATH: bin }
    const argv = ['scan', '--json', '--vip', VIP, '--engine', 'tcpdump']
    const done = await segment.exec('client', ['env', `PATH=${env.PATH}`, ...L2DOCTOR, ...argv])
    expect(done.code).toBe(3)
    expect(JSON.parse(done.stdout).gaps[0].hint).toContain('apt-get install tcpdump')
  })

  it('an interface that vanishes under it: what was seen is judged, and the gap is named', async () => {
    const segment = await build(owners)
    const child = await start(segment, ['--vip', VIP, '--duration', '20s', '--engine', 'tcpdump'])
    await new Promise((resolve) => setTimeout(resolve, 1500))
    const ending = finish(child)
    execFileSync('ip', ['-n', segment.host('client').namespace, 'link', 'del', 'eth0'])
    const { report } = await ending
    expect(report.gaps).toContainEqual(
      expect.objectContaining({ reason: expect.stringContaining('ended before its time') }),
    )
    expect(report.addresses[0]?.claims).toHaveLength(2)
  })
})

describeLab('the end of a live scan', () => {
  const storm = (rate: number) => sender({ kind: 'reply', mac: MAC_B, ip: '10.77.0.9', rate, count: 0 })

  it.each(['cap', 'tcpdump'])('%s: Ctrl-C prints the report at once, also in a storm', async (engine) => {
    const segment = await build({ hosts: [{ name: 'node-a' }, { name: 'node-b' }] })
    segment.spawn('node-b', storm(50_000), { stdio: 'ignore' })
    const child = await start(segment, ['--passive', '--engine', engine])
    await new Promise((resolve) => setTimeout(resolve, 1500))
    const ending = finish(child)
    const before = performance.now()
    child.kill('SIGINT')
    const { code, report } = await ending
    // half a second on a quiet machine, as the bench measures; here other tests share the processors
    expect(performance.now() - before).toBeLessThan(1000)
    expect(report.run.interrupted).toBe(true)
    expect(report.capture?.frames).toBeGreaterThan(10_000)
    expect(code).toBe(report.verdict === 'healthy' ? 0 : 1)
    expect(processes(segment)).not.toContain(String(child.pid))
  })

  it('--duration holds in a storm', async () => {
    const segment = await build({ hosts: [{ name: 'node-a' }, { name: 'node-b' }] })
    segment.spawn('node-b', storm(50_000), { stdio: 'ignore' })
    const { report } = await scan(segment, ['--passive', '--duration', '2s'])
    expect(report.capture?.durationSeconds).toBeGreaterThan(1.5)
    expect(report.capture?.durationSeconds).toBeLessThan(2.3)
  })

  it('a reader that has seen enough is no error', async () => {
    const segment = await build(owners)
    const command = `${L2DOCTOR.join(' ')} scan --vip ${VIP} | head -1; echo "\${PIPESTATUS[0]}"`
    const done = await segment.exec('client', ['bash', '-c', command])
    expect(done.stdout.trim().split('\n').at(-1)).toBe('1')
    expect(done.stderr).not.toContain('bug')
  })

  it.each(['cap', 'tcpdump'])('%s: nothing is left behind when it is killed', async (engine) => {
    const segment = await build(owners)
    const child = await start(segment, ['--vip', VIP, '--duration', '1m', '--engine', engine])
    expect(processes(segment).split('\n').length).toBeGreaterThan(2)
    child.kill('SIGKILL')
    await expect.poll(() => processes(segment), { timeout: 2000 }).toBe('')
    // the kernel closes its sockets after it has left the namespace
    await expect.poll(() => promiscuity(segment), { timeout: 2000 }).toBe(0)
  })
})
