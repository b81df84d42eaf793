import { execFileSync } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it, type onTestFinished, vi } from 'vitest'
import { buildSegment, type Segment } from '../../src/lab/segment.js'
import { parseHistory } from '../../src/watch/history-line.js'
import { describeLab } from './describe-lab.js'
import { CLI, parseReport } from './scan-scenario.js'
import { type Line, Watching } from './watching.js'

vi.setConfig({ testTimeout: 120_000 })

const VIP = '10.77.0.240'

async function build(finished: typeof onTestFinished): Promise<Segment> {
  const segment = await buildSegment({ hosts: [{ name: 'node-a', vips: [VIP] }, { name: 'node-b' }] })
  finished(() => segment.remove())
  return segment
}

function address(segment: Segment, host: string, verb: 'add' | 'del'): void {
  execFileSync('ip', ['-n', segment.host(host).namespace, 'addr', verb, `${VIP}/32`, 'dev', 'eth0'])
}

/** The client sends to a machine, and knows its MAC then. */
async function meet(segment: Segment, ip: string): Promise<void> {
  const send = `const one = require('node:dgram').createSocket('udp4'); one.send('x', 9, '${ip}', () => one.close())`
  await segment.exec('client', [process.execPath, '-e', send])
  await vi.waitFor(
    () => {
      const shown = execFileSync('ip', ['-n', segment.host('client').namespace, 'neigh', 'show', ip]).toString()
      if (!shown.includes('lladdr')) throw new Error(`the client does not know the MAC of ${ip}: ${shown}`)
    },
    { timeout: 20_000, interval: 200 },
  )
}

function linesOf(file: string): Line[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
}

describeLab('watch --history', () => {
  it.concurrent('outlives kill -9, and tells diagnose, and a redacted bundle of it, since when a second machine answers', async ({
    expect,
    onTestFinished,
  }) => {
    const segment = await build(onTestFinished)
    const file = join(segment.directory('client'), 'watch.jsonl')
    const macs = ['--mac', `node-a=${segment.host('node-a').mac}`, '--mac', `node-b=${segment.host('node-b').mac}`]
    const flags = ['--vip', VIP, '--listen', 'off', '--history', file, ...macs]
    const first = new Watching(segment, flags)
    await first.heard('owner-first-seen')
    address(segment, 'node-b', 'add')
    await first.heard('finding-began')
    // the log is written before the line is on the disk
    await vi.waitFor(
      () => expect(linesOf(file).map(({ event }) => event)).toEqual(['begun', 'vip', 'vip', 'finding-began']),
      { timeout: 20_000 },
    )
    const since = linesOf(file).find(
      ({ event, responders }) => event === 'vip' && (responders as unknown[]).length === 2,
    )
    await first.end('SIGKILL')
    appendFileSync(file, '{"event":"vip","at":"20')

    const second = new Watching(segment, flags)
    await second.heard('finding-began')
    expect(await second.end()).toBe(0)
    const [torn, ...after] = readFileSync(file, 'utf8').trimEnd().split('\n').slice(4)
    expect([torn, after.map((line) => JSON.parse(line).event).filter((event) => event !== 'vip')]).toEqual([
      '{"event":"vip","at":"20',
      ['begun', 'ended'],
    ])

    const bundle = join(segment.directory('client'), 'case.bundle')
    const asked = [
      '--vip',
      VIP,
      '--no-kube',
      '--no-hosts',
      ...macs,
      '--history',
      file,
      '--save',
      bundle,
      '--redact',
      '--json',
    ]
    const { stdout, stderr } = await segment.exec('client', [...CLI, 'diagnose', ...asked])
    const report = parseReport(stdout)
    const found = report.findings.find(({ rule }) => rule === 'wire/new-responder')
    expect([found?.message, stderr]).toEqual([
      `since ${since?.['at']} node-b (${segment.host('node-b').mac}) answers for ${VIP} too; before that only node-a (${segment.host('node-a').mac}) did`,
      expect.not.stringContaining('cannot write'),
    ])
    expect(report.gaps).toContainEqual(expect.objectContaining({ subject: file, reason: '1 line could not be read' }))
    const again = await segment.exec('client', [...CLI, 'diagnose', '--from', bundle, '--json'])
    const told = parseReport(again.stdout).findings.find(({ rule }) => rule === 'wire/new-responder')
    expect(told?.message).toContain(`since ${since?.['at']} node-r`)
    expect(again.stdout).not.toContain(segment.host('node-b').mac)

    const shared = await segment.exec('client', [...CLI, 'redact', file])
    const events = (text: string) => parseHistory(text)!.lines.map(({ event, at }) => `${event} ${at}`)
    expect([shared.code, shared.stderr]).toEqual([0, expect.stringContaining('1 line could not be read')])
    expect(events(shared.stdout)).toEqual(events(readFileSync(file, 'utf8')))
    for (const secret of [VIP, segment.host('node-b').mac, 'node-b']) expect(shared.stdout).not.toContain(secret)
  })

  it.concurrent('is not taken for that of another segment with the same addresses, and diagnose says so', async ({
    expect,
    onTestFinished,
  }) => {
    const segment = await build(onTestFinished)
    const file = join(segment.directory('client'), 'watch.jsonl')
    const gateway = { ip: '10.77.0.11', mac: segment.host('node-a').mac }
    const inClient = (...argv: readonly string[]) =>
      execFileSync('ip', ['-n', segment.host('client').namespace, ...argv])
    inClient('route', 'add', 'default', 'via', gateway.ip)
    await meet(segment, gateway.ip)
    const watching = new Watching(segment, ['--vip', VIP, '--listen', 'off', '--history', file])
    await watching.heard('owner-first-seen')
    expect(await watching.end()).toBe(0)
    expect(linesOf(file)).toContainEqual(expect.objectContaining({ event: 'segment', gateways: [gateway] }))
    const diagnosed = async () => {
      const argv = ['diagnose', '--vip', VIP, '--no-kube', '--no-hosts', '--history', file, '--json']
      const { gaps, findings } = parseReport((await segment.exec('client', [...CLI, ...argv])).stdout)
      const dated = findings.some(({ rule }) => rule === 'wire/new-responder')
      return { dated, said: gaps.filter(({ subject }) => subject === '--history').map(({ reason }) => reason) }
    }

    address(segment, 'node-a', 'del')
    address(segment, 'node-b', 'add')
    expect(await diagnosed()).toEqual({ dated: true, said: [] })
    for (const [host, mac] of [
      ['node-a', '02:00:00:00:99:11'],
      ['node-b', '02:00:00:00:99:12'],
    ] as const)
      execFileSync('ip', ['-n', segment.host(host).namespace, 'link', 'set', 'eth0', 'address', mac])
    inClient('neigh', 'flush', 'dev', 'eth0')
    await meet(segment, gateway.ip)
    expect(await diagnosed()).toEqual({
      dated: false,
      said: [
        `the history seems to be of another segment with the same addresses, and is not used: there ${gateway.ip} was ${gateway.mac}, here it is 02:00:00:00:99:11, and no machine that it names was heard`,
      ],
    })
  })

  it.concurrent('says once that the disk is full, goes on, counts it, and writes what waited when there is room', async ({
    expect,
    onTestFinished,
  }) => {
    const segment = await build(onTestFinished)
    const folder = segment.directory('client')
    const [file, filler] = [join(folder, 'disk', 'watch.jsonl'), join(folder, 'disk', 'filler')]
    // a mount of its own, which ends with the watch; the filler goes when the test says so
    const script = [
      `mkdir ${folder}/disk && mount -t tmpfs -o size=16k tmpfs ${folder}/disk`,
      `{ head -c 1M /dev/zero >${filler} 2>/dev/null || true; }`,
      `{ while ! [ -e ${folder}/room ]; do sleep 0.2; done; rm ${filler}; } &`,
      `"$@" & watch=$!; trap 'kill -TERM $watch' TERM; wait $watch; wait $watch; code=$?; cp ${file} ${folder}/kept; exit $code`,
    ].join('\n')
    const before = ['unshare', '-m', 'sh', '-c', script, 'sh']
    const watching = new Watching(segment, ['--vip', VIP, '--history', file, '--listen', '10.77.0.100:9797'], {
      before,
    })
    expect(await watching.heard('failed')).toMatchObject({ what: 'history', reason: expect.stringContaining('ENOSPC') })
    await watching.heard('owner-first-seen')
    const get = `fetch('http://10.77.0.100:9797/metrics').then((page) => page.text()).then((text) => process.stdout.write(text))`
    const { stdout } = await segment.exec('node-b', [process.execPath, '-e', get])
    expect(stdout).toMatch(/^l2doctor_history_write_failures_total [1-9]/m)
    execFileSync('touch', [`${folder}/room`])
    await watching.heard('works-again')
    expect(watching.lines.filter(({ event }) => event === 'failed')).toHaveLength(1)
    watching.child.kill('SIGTERM')
    for (let tries = 0; tries < 100 && !existsSync(`${folder}/kept`); tries++)
      await new Promise((done) => setTimeout(done, 100))
    expect(linesOf(`${folder}/kept`).map(({ event }) => event)).toEqual(['begun', 'vip', 'ended'])
  })

  it.concurrent('does not begin with a file of something else', async ({ expect, onTestFinished }) => {
    const segment = await build(onTestFinished)
    const file = join(segment.directory('client'), 'notes.txt')
    appendFileSync(file, 'my notes\n')
    const { code, stderr } = await segment.exec('client', [...CLI, 'watch', '--vip', VIP, '--history', file])
    expect([code, stderr]).toEqual([2, expect.stringContaining('is no history that watch --history wrote')])
    expect(readFileSync(file, 'utf8')).toBe('my notes\n')
  })
})
