import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { type FailoverReport, failoverSchema } from '../../src/failover/report.js'
import type { SegmentSpec } from '../../src/lab/model.js'
import { buildSegment, type Segment } from '../../src/lab/segment.js'
import { ADVERTISED } from '../../src/wire/discovery-decoder.js'
import { parseIpv4 } from '../../src/wire/ipv4.js'
import { parseIpv6 } from '../../src/wire/ipv6.js'
import { parseMac } from '../../src/wire/mac.js'
import { gratuitousArp } from '../../src/wire/write-arp.js'
import { advertisement } from '../../src/wire/write-discovery.js'
import { describeLab } from './describe-lab.js'
import { startKeepalived, whyNoKeepalived } from './keepalived.js'

const VIP = '10.77.0.240'
const VIP6 = 'fd77::240'
const [A, B] = ['02:00:00:00:00:11', '02:00:00:00:00:12']
const L2DOCTOR = [process.execPath, resolve('bin/run.js')]

let segment: Segment
afterEach(() => segment?.remove())

interface Timing {
  /** Resolves when somebody answers, or a failover has happened. */
  said(what: RegExp): Promise<void>
  readonly child: ChildProcess
  ended(): Promise<{ readonly code: number | null; readonly report: FailoverReport; readonly stderr: string }>
}

function start(...flags: string[]): Timing {
  const argv = [...L2DOCTOR, 'failover', '--json', '--no-kube', ...flags]
  const child = segment.spawn('client', argv, { stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout!.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr!.on('data', (chunk) => {
    stderr += chunk
  })
  const closed = once(child, 'close')
  return {
    child,
    said: async (what) => {
      while (!what.test(stderr)) await Promise.race([once(child.stderr!, 'data'), refuse(closed, () => stderr)])
    },
    ended: async () => {
      const [code] = await closed
      if (stdout === '') throw new Error(`no report, exit ${code}: ${stderr}`)
      return { code, report: failoverSchema.parse(JSON.parse(stdout)), stderr }
    },
  }
}

async function refuse(closed: Promise<unknown>, said: () => string): Promise<never> {
  await closed
  throw new Error(`it ended: ${said()}`)
}

const run = async (host: string, line: string) => {
  const { code, stderr } = await segment.exec(host, ['bash', '-c', line])
  if (code !== 0) throw new Error(`${line}: ${stderr}`)
}
const drop = (host: string, ip = `${VIP}/32`) => run(host, `ip addr del ${ip} dev eth0`)
const take = (host: string, ip = `${VIP}/32`) =>
  run(host, `ip addr add ${ip} dev eth0 ${ip.includes(':') ? 'nodad' : ''}`)
/** Sends one frame from eth0. */
const SENDER = `socket(my $s, 17, 3, 0x0300) or die; open my $i, '<', '/sys/class/net/eth0/ifindex' or die;
send($s, pack('H*', $ARGV[0]), 0, pack('S n i S C C a8', 17, 3, scalar <$i>, 0, 0, 6, '')) or die`
const announce = (host: string, frame: Uint8Array) =>
  segment.exec(host, ['perl', '-e', SENDER, Buffer.from(frame).toString('hex')])
const GRATUITOUS = gratuitousArp({ mac: parseMac(B)!, ip: parseIpv4(VIP)! })
const OVERRIDE = advertisement({ mac: parseMac(B)!, ip: parseIpv6(VIP6)! }, null, { flags: ADVERTISED.override })
/** The client sends something to the address, as a client does, and so has an entry of its own. */
const talkTo = (ip: string) => run('client', `echo > /dev/udp/${ip}/9 && sleep 0.3`)

const PAIR: SegmentSpec = { hosts: [{ name: 'node-a', vips: [VIP] }, { name: 'node-b' }] }
const ANSWERS = /answers; make the failover happen now/

describeLab('failover', () => {
  it('a move with a gratuitous ARP, of known silence, measured within the fineness that it states', async () => {
    segment = await buildSegment(PAIR)
    await talkTo(VIP)
    const timing = start('--vip', VIP, '--fail-above', '4s')
    await timing.said(ANSWERS)
    const gone = await timed(() => drop('node-a'))
    await sleep(1500)
    // before the first answer, as announcers do: it is what corrects the client's entry
    await announce('node-b', GRATUITOUS)
    await sleep(150)
    const taken = await timed(() => take('node-b'))
    const { code, report } = await timing.ended()
    expect(code).toBe(0)
    const { failovers, verdict, askEvery } = report.addresses[0]!
    expect({ verdict, clock: report.clock }).toEqual({ verdict: 'measured', clock: 'kernel' })
    const [{ silence, announced, ownEntry, ...move }] = failovers as [(typeof failovers)[0]]
    expect([move.from.mac, move.to.mac]).toEqual([A, B])
    // what was done took a moment each: the silence was at least from the end of one to the start of the other
    expect(silence.mostMs).toBeGreaterThanOrEqual(taken.startMs - gone.endMs)
    expect(silence.leastMs).toBeLessThanOrEqual(taken.endMs - gone.startMs)
    expect(silence.mostMs - silence.leastMs).toBeLessThanOrEqual(2 * move.askEvery!.longestMs + 5)
    expect(askEvery!.medianMs).toBeGreaterThanOrEqual(95)
    expect(announced!.form).toBe('gratuitous ARP request')
    expect(ownEntry).toMatchObject({ interface: 'eth0', before: A, by: 'announcement' })
    expect(Math.abs(Date.parse(ownEntry!.changedAt!) - Date.parse(announced!.at))).toBeLessThan(500)
  })

  it('a move that nobody announces: our own answer corrects our own entry, and the report says so', async () => {
    segment = await buildSegment(PAIR)
    await talkTo(VIP)
    const timing = start('--vip', VIP)
    await timing.said(ANSWERS)
    await drop('node-a')
    await take('node-b')
    const { code, report } = await timing.ended()
    expect(code).toBe(0)
    expect(report.addresses[0]!.failovers[0]).toMatchObject({ announced: null, ownEntry: { before: A, by: 'answer' } })
  })

  it('both answer for two seconds', async () => {
    segment = await buildSegment(PAIR)
    const timing = start('--vip', VIP)
    await timing.said(ANSWERS)
    const taken = await timed(() => take('node-b'))
    await sleep(2000)
    const gone = await timed(() => drop('node-a'))
    const { report } = await timing.ended()
    const { overlap, silence } = report.addresses[0]!.failovers[0]!
    expect(overlap!.leastMs).toBeLessThanOrEqual(gone.endMs - taken.startMs)
    expect(overlap!.mostMs).toBeGreaterThanOrEqual(gone.startMs - taken.endMs)
    expect(overlap!.leastMs).toBeGreaterThan(1500)
    expect(silence.leastMs).toBe(0)
  })

  it('IPv6: a move with an override advertisement', async () => {
    segment = await buildSegment({
      client: { address6: 'fd77::100/64' },
      hosts: [
        { name: 'node-a', vips: [VIP6], address6: 'fd77::11/64' },
        { name: 'node-b', address6: 'fd77::12/64' },
      ],
    })
    await talkTo(VIP6)
    const timing = start('--vip', VIP6)
    await timing.said(ANSWERS)
    await drop('node-a', `${VIP6}/128`)
    await take('node-b', `${VIP6}/128`)
    await announce('node-b', OVERRIDE)
    const { code, report } = await timing.ended()
    expect(code).toBe(0)
    const [move] = report.addresses[0]!.failovers
    expect(move).toMatchObject({ from: { mac: A }, to: { mac: B }, announced: { form: 'override advertisement' } })
    expect(move!.ownEntry).toMatchObject({ before: A })
    expect(move!.ownEntry!.changedAt).not.toBeNull()
  })

  it('two failovers of two addresses: median and worst of each', async () => {
    segment = await buildSegment({ hosts: [{ name: 'node-a', vips: [VIP, '10.77.0.241'] }, { name: 'node-b' }] })
    const vips = [VIP, '10.77.0.241']
    const timing = start('--vip', vips.join(), '--times', '2')
    // in whatever order
    const saidOfEach = async (what: string) => {
      for (const vip of vips) await timing.said(new RegExp(`${vip}: ${what}`))
    }
    await saidOfEach('.* answers')
    const both = async (from: string, to: string) => {
      for (const vip of vips) await drop(from, `${vip}/32`)
      for (const vip of vips) await take(to, `${vip}/32`)
    }
    await both('node-a', 'node-b')
    await saidOfEach('failover 1 of 2')
    await both('node-b', 'node-a')
    const { code, report } = await timing.ended()
    expect(code).toBe(0)
    for (const { failovers, median, worst, askEvery } of report.addresses) {
      expect(failovers.map(({ from, to }) => [from.mac, to.mac])).toEqual([
        [A, B],
        [B, A],
      ])
      const silences = failovers.map(({ silence }) => silence.mostMs)
      expect(worst!.mostMs).toBe(Math.max(...silences))
      expect(median!.mostMs).toBeCloseTo((silences[0]! + silences[1]!) / 2, 3)
      // two addresses share the pace
      expect(askEvery!.medianMs).toBeGreaterThan(190)
    }
  })

  it('none in the time: inconclusive, and no zero', async () => {
    segment = await buildSegment(PAIR)
    const timing = start('--vip', VIP, '--for', '2s')
    const { code, report } = await timing.ended()
    expect(code).toBe(3)
    expect(report).toMatchObject({
      verdict: 'inconclusive',
      headline: `${VIP}: no failover happened: the same machine answered to the end`,
      addresses: [{ failovers: [], median: null, worst: null }],
    })
  })

  it('of an address that nobody answers for it says so once, and names no machine', async () => {
    segment = await buildSegment({ hosts: [{ name: 'node-a' }] })
    const { code, stderr } = await start('--vip', VIP, '--for', '4s').ended()
    expect(code).toBe(3)
    expect(stderr.match(/^10\.77\.0\.240: .*/gm)).toEqual([`${VIP}: nobody answers yet`])
  })

  it('an owner that is gone for good: too slow, without waiting for another', async () => {
    segment = await buildSegment(PAIR)
    const timing = start('--vip', VIP, '--for', '4s', '--fail-above', '1s')
    await timing.said(ANSWERS)
    await drop('node-a')
    const { code, report } = await timing.ended()
    expect(code).toBe(1)
    expect(report).toMatchObject({ verdict: 'slow', addresses: [{ failovers: [] }] })
  })

  it('Ctrl-C ends with the report so far', async () => {
    segment = await buildSegment(PAIR)
    const timing = start('--vip', VIP)
    await timing.said(ANSWERS)
    timing.child.kill('SIGINT')
    const { code, report } = await timing.ended()
    expect(code).toBe(3)
    expect(report.run.interrupted).toBe(true)
    expect(report.addresses[0]).toMatchObject({ owner: { mac: A } })
  })

  it('asks with its own address, never as a VIP, never a gratuitous frame, and not faster than it says', async () => {
    segment = await buildSegment(PAIR)
    const capture = `${segment.directory('node-b')}/seen.pcap`
    const dump = segment.spawn('node-b', ['tcpdump', '-i', 'eth0', '-U', '-w', capture, 'arp'], { stdio: 'pipe' })
    await once(dump.stderr!, 'data')
    const timing = start('--vip', VIP, '--for', '3s')
    await timing.ended()
    dump.kill('SIGINT')
    await once(dump, 'close')
    const { stdout } = await segment.exec('node-b', ['tcpdump', '-nn', '-tt', '-e', '-r', capture])
    const ours = stdout.split('\n').filter((line) => line.includes('02:00:00:00:01:00 >'))
    const asks = ours.filter((line) => line.includes(`Request who-has ${VIP} tell 10.77.0.100`))
    expect(ours.length).toBe(asks.length)
    const times = asks.map((line) => Number(line.split(' ')[0]))
    expect(asks.length).toBeGreaterThan(10)
    expect((asks.length - 1) / (times.at(-1)! - times[0]!)).toBeLessThan(10.2)
  })

  it('an address that this machine holds is not timed', async () => {
    segment = await buildSegment({ ...PAIR, client: { vips: ['10.77.0.241'] } })
    const { code, report } = await start('--vip', '10.77.0.241').ended()
    expect(code).toBe(3)
    expect(report.headline).toBe('10.77.0.241: this machine holds it, and hears no answer of its own')
  })
})

const whyNot = whyNoKeepalived()
if (whyNot) console.warn(`SKIPPED failover of keepalived: ${whyNot}`)

describeLab('failover of keepalived', () => {
  const given = describe.skipIf(whyNot !== null)

  given(`against its promise${whyNot === null ? '' : ` (SKIPPED: ${whyNot})`}`, () => {
    async function pair() {
      segment = await buildSegment({ hosts: [{ name: 'node-a' }, { name: 'node-b' }] })
      const a = startKeepalived(segment, 'node-a', { priority: 150, vips: [VIP], interval: 1 })
      await a.entered('MASTER')
      const b = startKeepalived(segment, 'node-b', { priority: 100, vips: [VIP], interval: 1 })
      await b.entered('BACKUP')
    }
    const promised = { announcer: 'VRRP', of: 'adverts', mostMs: 3659.375, source: 'RFC 9568 section 6.1' }

    it('a master whose host dies: silence, and an advert within three intervals and the skew', async () => {
      await pair()
      const timing = start('--vip', VIP)
      await timing.said(ANSWERS)
      await sleep(1100)
      await run('node-a', 'ip link set eth0 down')
      const { code, report } = await timing.ended()
      expect(code).toBe(0)
      const { promise, silence, announced } = report.addresses[0]!.failovers[0]!
      expect(promise).toMatchObject(promised)
      // a busy machine runs keepalived late
      expect(promise!.measured.leastMs).toBeGreaterThan(3500)
      expect(promise!.measured.mostMs).toBeLessThan(4500)
      expect(silence.mostMs).toBeGreaterThan(2000)
      expect(announced!.form).toMatch(/gratuitous/)
    })

    it('a master that is killed (-9) leaves its address: both answer, which is no failover that ended', async () => {
      await pair()
      const timing = start('--vip', VIP, '--for', '7s')
      await timing.said(ANSWERS)
      await sleep(1100)
      // the child first: one whose parent dies before it ends in good order
      const pids = `for p in $(ip netns pids ${segment.host('node-a').namespace} | sort -rn)`
      await run('node-a', `kill -9 $(${pids}; do ! grep -qx keepalived /proc/$p/comm || echo $p; done)`)
      const { code, report } = await timing.ended()
      expect(code).toBe(3)
      const [, waited] = new RegExp(`${A} and ${B} both answered until .*advertised (\\S+) s after`).exec(
        report.headline!,
      )!
      expect(Number(waited)).toBeGreaterThan(3.5)
      expect(Number(waited)).toBeLessThan(4.5)
    })
  })
})

async function timed(work: () => Promise<unknown>) {
  const startMs = performance.now()
  await work()
  return { startMs, endMs: performance.now() }
}
