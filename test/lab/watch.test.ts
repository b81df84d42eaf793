import { execFileSync, spawnSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { it, type onTestFinished, vi } from 'vitest'
import { sender } from '../../src/lab/programs.js'
import { buildSegment, type Segment } from '../../src/lab/segment.js'
import { describeLab } from './describe-lab.js'
import { CLI } from './scan-scenario.js'
import { type Line, Watching } from './watching.js'

const [VIP, VIP6, ELSEWHERE] = ['10.77.0.240', '2001:db8:77::240', '10.99.0.240']
const hasPromtool = spawnSync('promtool', ['--version']).status === 0
if (!hasPromtool) console.warn('SKIPPED metrics under promtool: it is not here (Debian: apt-get install prometheus)')

vi.setConfig({ testTimeout: 120_000 })

async function build(spec: Parameters<typeof buildSegment>[0], finished: typeof onTestFinished): Promise<Segment> {
  const segment = await buildSegment(spec)
  finished(() => segment.remove())
  return segment
}

const NODES = { hosts: [{ name: 'node-a', vips: [VIP] }, { name: 'node-b' }] }

function address(segment: Segment, host: string, verb: 'add' | 'del', ip = VIP): void {
  execFileSync('ip', ['-n', segment.host(host).namespace, 'addr', verb, `${ip}/32`, 'dev', 'eth0'])
}

/** As Prometheus would, from another machine or this one. */
async function scrape(segment: Segment, host = 'node-b', place = '10.77.0.100:9797'): Promise<string> {
  const get = `fetch('http://${place}/metrics').then((page) => page.text()).then((text) => process.stdout.write(text))`
  return (await segment.exec(host, [process.execPath, '-e', get])).stdout
}

function link(segment: Segment, host: string, state: 'up' | 'down'): void {
  execFileSync('ip', ['-n', segment.host(host).namespace, 'link', 'set', 'eth0', state])
}

// they wait for windows most of the time
describeLab('watch', () => {
  it.concurrent('serves metrics that promtool finds no fault with', { skip: !hasPromtool }, async ({
    expect,
    onTestFinished,
  }) => {
    const segment = await build(NODES, onTestFinished)
    const watching = new Watching(segment, ['--vip', `${VIP},10.77.0.241`, '--listen', '10.77.0.100:9797'])
    await watching.heard('finding-began')
    const text = await scrape(segment)
    expect(text).toContain('l2doctor_frames_dropped_total{interface="eth0"} 0')
    expect(execFileSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })).toBe('')
    expect(await watching.end()).toBe(0)
  })

  it.concurrent('tells of a second owner once, and that it is gone; and ends when it is asked to', async ({
    expect,
    onTestFinished,
  }) => {
    const segment = await build(NODES, onTestFinished)
    const watching = new Watching(segment, ['--vip', VIP, '--listen', '10.77.0.100:9797'])
    await watching.heard('owner-first-seen')
    expect(watching.rules('finding-began')).toEqual([])
    expect(await scrape(segment)).toMatch(/^l2doctor_vip_responders\{vip="10.77.0.240",.*\} 1$/m)
    address(segment, 'node-b', 'add')
    expect(await watching.heard('finding-began')).toMatchObject({
      interface: 'eth0',
      finding: { rule: 'wire/duplicate-responders', severity: 'error', subject: { ip: VIP } },
    })
    const during = await scrape(segment)
    expect(during).toContain('l2doctor_findings{rule="wire/duplicate-responders",severity="error"} 1')
    expect(during).toMatch(/^l2doctor_vip_responders\{vip="10.77.0.240",.*\} 2$/m)
    await sleep(6000)
    address(segment, 'node-b', 'del')
    await watching.heard('finding-ended')
    expect(await scrape(segment)).not.toContain('l2doctor_findings{')
    expect(watching.rules('finding-began')).toEqual(['wire/duplicate-responders'])
    expect(watching.rules('finding-ended')).toEqual(['wire/duplicate-responders'])
    expect(await watching.end()).toBe(0)
  })

  it.concurrent('tells of a move with its ends, of silence, and of a check file that fails and is read again', async ({
    expect,
    onTestFinished,
  }) => {
    const segment = await build(NODES, onTestFinished)
    const file = join(segment.directory('client'), 'l2doctor.yaml')
    const expecting = (mac: string) => writeFileSync(file, `version: 1\nvips:\n  - ip: ${VIP}\n    macs: ["${mac}"]\n`)
    expecting(segment.host('node-a').mac)
    const watching = new Watching(segment, ['--check', file])
    await watching.heard('owner-first-seen')
    address(segment, 'node-a', 'del')
    address(segment, 'node-b', 'add')
    expect(await watching.heard('owner-moved')).toMatchObject({
      from: { mac: segment.host('node-a').mac },
      to: { mac: segment.host('node-b').mac },
      times: 1,
    })
    const failed = await watching.heard('expectation-changed')
    expect(failed).toMatchObject({ expectation: { id: `${VIP}/macs`, status: 'failed' } })
    const before = watching.lines.length
    expecting(segment.host('node-b').mac)
    watching.child.kill('SIGHUP')
    await watching.heard('reloaded', before)
    await watching.heard('expectation-changed', before, ({ expectation }) => (expectation as Line)['status'] === 'held')
    address(segment, 'node-b', 'del')
    await watching.heard('finding-began', before, ({ finding }) => (finding as Line)['rule'] === 'wire/no-answer')
    expect(await watching.end()).toBe(0)
  })

  it.concurrent('keeps its addresses where the check file that it reads again is wrong', async ({
    expect,
    onTestFinished,
  }) => {
    const segment = await build(NODES, onTestFinished)
    const file = join(segment.directory('client'), 'l2doctor.yaml')
    writeFileSync(file, `version: 1\nvips:\n  - ip: ${VIP}\n`)
    const watching = new Watching(segment, ['--check', file])
    await watching.heard('vantage-up')
    writeFileSync(file, 'vips: 7\n')
    watching.child.kill('SIGHUP')
    await watching.heard('reload-failed')
    await watching.heard('owner-first-seen')
    expect(await watching.end()).toBe(0)
  })

  it.concurrent('ends when nobody reads its lines any more', async ({ expect, onTestFinished }) => {
    const segment = await build(NODES, onTestFinished)
    const watch = [...CLI, 'watch', '--vip', VIP, '--window', '5s', '--interval', '1s', '--listen', 'off']
    const { code, stdout } = await segment.exec('client', ['sh', '-c', '"$@" | head -1', 'sh', ...watch], {
      timeoutMs: 60_000,
    })
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^\S+ eth0 listening .*\n$/)])
  })

  it.concurrent('is blind while the link is down: what it watched is unknown then, not silent, and known again after, but for what is elsewhere', async ({
    expect,
    onTestFinished,
  }) => {
    const segment = await build(NODES, onTestFinished)
    const watching = new Watching(segment, ['--vip', `${VIP},${ELSEWHERE}`])
    await watching.heard('owner-first-seen')
    link(segment, 'client', 'down')
    await watching.heard('vantage-down')
    await watching.heard('vip-unknown', 0, ({ ip }) => ip === VIP)
    const blind = await scrape(segment, 'client', '127.0.0.1:9797')
    expect(blind).toContain('l2doctor_vantage_up{interface="eth0"} 0')
    expect(blind).not.toContain('l2doctor_vip_responders{')
    await sleep(6000)
    const before = watching.lines.length
    link(segment, 'client', 'up')
    await watching.heard('vantage-up', before)
    expect(await watching.heard('vip-known', before)).toMatchObject({ ip: VIP })
    expect(watching.rules('finding-began')).toEqual([])
    expect(watching.lines.filter(({ event }) => event === 'vantage-down')).toHaveLength(1)
    expect(await watching.end()).toBe(0)
  })

  it.concurrent('is blind from the start where the link has no carrier, under the name of the interface', async ({
    expect,
    onTestFinished,
  }) => {
    const segment = await build({ cable: true, hosts: [{ name: 'node-a', vips: [VIP] }] }, onTestFinished)
    link(segment, 'node-a', 'down')
    const watching = new Watching(segment, ['--vip', VIP])
    expect(await watching.heard('vantage-down')).toMatchObject({ interface: 'eth0' })
    link(segment, 'node-a', 'up')
    await watching.heard('vantage-up')
    const text = await scrape(segment, 'client', '127.0.0.1:9797')
    expect(text.match(/^l2doctor_vantage_up\{.*$/gm)).toEqual(['l2doctor_vantage_up{interface="eth0"} 1'])
    expect(await watching.end()).toBe(0)
  })

  it.concurrent('is blind while it cannot read the addresses of this machine, and goes on when it can', async ({
    expect,
    onTestFinished,
  }) => {
    const segment = await build(NODES, onTestFinished)
    const programs = segment.directory('client')
    const real = execFileSync('sh', ['-c', 'command -v ip'], { encoding: 'utf8' }).trim()
    const broken = join(programs, 'broken')
    writeFileSync(join(programs, 'ip'), `#!/bin/sh\n[ -e ${broken} ] && exit 1\nexec ${real} "$@"\n`, { mode: 0o755 })
    const env = { ...process.env, PATH: `${programs}:${process.env['PATH']}` }
    const watching = new Watching(segment, ['--vip', VIP], { env })
    await watching.heard('owner-first-seen')
    const before = watching.lines.length
    writeFileSync(broken, '')
    expect(await watching.heard('vantage-down', before)).toMatchObject({ reason: expect.stringContaining('`ip ') })
    await watching.heard('vip-unknown', before)
    rmSync(broken)
    await watching.heard('vantage-up', before)
    await watching.heard('vip-known', before)
    expect(watching.rules('finding-began')).toEqual([])
    expect(await watching.end()).toBe(0)
  })

  it.concurrent('takes an address that it gets itself for unknown, names none of its VIPs as sender, and hears who else answers', async ({
    expect,
    onTestFinished,
  }) => {
    const segment = await build(NODES, onTestFinished)
    const watching = new Watching(segment, ['--vip', VIP])
    await watching.heard('owner-first-seen')
    address(segment, 'client', 'add')
    address(segment, 'node-a', 'del')
    const dump = segment.exec('node-b', ['timeout', '20', 'tcpdump', '-nn', '-l', '-i', 'eth0', 'arp'])
    expect(await watching.heard('vip-unknown')).toMatchObject({ because: expect.stringContaining('holds it') })
    const { stdout } = await dump
    expect(stdout).toContain(`who-has ${VIP} tell 10.77.0.100`)
    expect(stdout).not.toContain(`tell ${VIP}`)
    expect(watching.rules('finding-began')).toEqual([])
    expect(await watching.end()).toBe(0)
  })

  it.concurrent('only listens with --probe never, and then calls no address silent', async ({
    expect,
    onTestFinished,
  }) => {
    const segment = await build(NODES, onTestFinished)
    const watching = new Watching(segment, ['--vip', VIP, '--probe', 'never'])
    const dump = await segment.exec('node-b', ['timeout', '7', 'tcpdump', '-nn', '-l', '-i', 'eth0', 'arp'])
    expect(dump.stdout).not.toContain(VIP)
    await watching.heard('vip-unknown')
    expect(watching.rules('finding-began')).toEqual([])
    expect(await watching.end()).toBe(0)
  })

  it.concurrent('watches an IPv6 address', async ({ expect, onTestFinished }) => {
    const segment = await build(
      {
        client: { address6: '2001:db8:77::100/64' },
        hosts: [{ name: 'node-a', address6: '2001:db8:77::11/64', vips: [VIP6] }],
      },
      onTestFinished,
    )
    const watching = new Watching(segment, ['--vip', VIP6])
    expect(await watching.heard('owner-first-seen')).toMatchObject({
      ip: VIP6,
      to: { mac: segment.host('node-a').mac },
    })
    expect(watching.rules('finding-began')).toEqual([])
    expect(await watching.end()).toBe(0)
  })

  it.concurrent('counts what the kernel dropped while it runs', async ({ expect, onTestFinished }) => {
    const segment = await build(NODES, onTestFinished)
    const watching = new Watching(segment, ['--vip', VIP, '--listen', '10.77.0.100:9797'])
    await watching.heard('owner-first-seen')
    const listener = execFileSync('pgrep', [
      '-f',
      'packets dropped by kernel',
      '--ns',
      String(watching.child.pid),
      '--nslist',
      'net',
    ])
    process.kill(Number(listener), 'SIGSTOP')
    const flood = {
      kind: 'reply',
      mac: segment.host('node-b').mac,
      ip: '10.77.0.99',
      rate: 100_000,
      count: 100_000,
    } as const
    await segment.exec('node-b', sender(flood))
    process.kill(Number(listener), 'SIGCONT')
    for (let tries = 0; tries < 30; tries++) {
      const [, dropped = '0'] = /^l2doctor_frames_dropped_total\{.*\} (\d+)$/m.exec(await scrape(segment)) ?? []
      if (dropped !== '0') break
      await sleep(500)
    }
    const text = await scrape(segment)
    const of = (name: string) => Number(new RegExp(`^${name}\\{.*\\} (\\d+)$`, 'm').exec(text)?.[1])
    expect(of('l2doctor_frames_dropped_total')).toBeGreaterThan(0)
    expect(of('l2doctor_frames_dropped_total') + of('l2doctor_arp_frames_total')).toBeGreaterThanOrEqual(100_000)
    expect(await watching.end()).toBe(0)
  })

  it.concurrent('does not begin where it cannot listen', async ({ expect, onTestFinished }) => {
    const segment = await build(NODES, onTestFinished)
    const { code, stderr } = await segment.exec('client', [...CLI, 'watch', '--vip', VIP, '-i', 'eth9'])
    expect(code).toBe(3)
    expect(stderr).toContain('eth9')
  })
})
