import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reportSchema } from '../../src/report/report.js'
import { collect, execute } from '../collect.js'
import { CLI } from '../lab/scan-scenario.js'
import { traceToPcap } from '../trace.js'

/** How a run ends when its input, its memory, its terminal or its reader gives out: never as a bug of ours, never not at all. */

const folder = mkdtempSync(join(tmpdir(), 'l2doctor-ends-'))
const file = (name: string) => join(folder, name)
afterAll(() => rmSync(folder, { recursive: true }))

const CAPTURE = traceToPcap('0 ask 01/10.0.0.1 -> 10.0.0.240\n+0.0005 answer 02/10.0.0.240 -> 01/10.0.0.1')

beforeAll(() => {
  writeFileSync(file('clean.pcap'), CAPTURE)
  execFileSync('mkfifo', [file('pipe')])
  mkdirSync(file('fake-bin'))
  writeFileSync(file('fake-bin/ip'), '#!/bin/sh\necho "1: eth0: <BROADCAST> mtu 1500"\n', { mode: 0o755 })
})

async function reportOf(argv: readonly string[], wrap: readonly string[] = []) {
  const run = await execute([...wrap, ...CLI, ...argv, '--json'])
  expect(run.code, run.stderr).toBe(3)
  return reportSchema.parse(JSON.parse(run.stdout))
}

describe('a gap, and exit 3, for', () => {
  it.each([2, 5, 10, 11])('a gzip cut after %i bytes, before the first one of the capture', async (bytes) => {
    writeFileSync(file('cut.pcap.gz'), gzipSync(CAPTURE).subarray(0, bytes))
    const { gaps, verdict } = await reportOf(['scan', '--read', file('cut.pcap.gz')])
    expect(verdict).toBe('inconclusive')
    expect(gaps).toContainEqual(expect.objectContaining({ reason: expect.stringMatching(/gzip.*before the first/) }))
  })

  it('an ip that prints no JSON', async () => {
    const { gaps } = await reportOf(
      ['scan', '--vip', '10.0.0.240', '--no-kube'],
      ['env', `PATH=${file('fake-bin')}:${process.env['PATH']}`],
    )
    expect(gaps).toContainEqual(expect.objectContaining({ reason: 'this `ip` prints no JSON' }))
  })

  it('a kubeconfig larger than any, or one that names a pipe in place of a certificate', async () => {
    writeFileSync(file('huge.conf'), Buffer.alloc(17 * 1024 * 1024, '# kubeconfig\n'))
    const huge = await reportOf(['audit-cluster', '--kubeconfig', file('huge.conf')])
    expect(huge.gaps).toContainEqual(expect.objectContaining({ reason: 'it is larger than 16 MiB' }))
    const user = { name: 'me', user: { 'client-certificate': 'pipe', 'client-key': 'pipe' } }
    const cluster = { name: 'c', cluster: { server: 'https://127.0.0.1:1' } }
    const context = { name: 'c', context: { cluster: 'c', user: 'me' } }
    const config = { users: [user], clusters: [cluster], contexts: [context], 'current-context': 'c' }
    writeFileSync(file('piped.conf'), JSON.stringify(config))
    const piped = await reportOf(['audit-cluster', '--kubeconfig', file('piped.conf')])
    expect(piped.gaps).toContainEqual(expect.objectContaining({ reason: `${file('pipe')} is no file` }))
  })

  it('memory that may not be had', async () => {
    const wrap = ['sh', '-c', 'ulimit -v 3000000; exec "$@"', 'sh']
    const { gaps } = await reportOf(['scan', '--read', file('clean.pcap')], wrap)
    expect(gaps).toContainEqual(expect.objectContaining({ subject: 'memory' }))
  })
})

// room for the first thread's memory and its helpers with some to spare, and for no second isolate
it('a large capture is read without a second thread where that could find no room', async () => {
  writeFileSync(file('large.pcap'), Buffer.concat([CAPTURE, Buffer.alloc(9 * 1024 * 1024)]))
  const argv = ['scan', '--read', file('large.pcap'), '--json']
  const run = await execute(['sh', '-c', 'ulimit -v 12000000; exec "$@"', 'sh', ...CLI, ...argv])
  expect([0, 1, 3], `${run.code}: ${run.stderr}`).toContain(run.code)
  reportSchema.parse(JSON.parse(run.stdout))
})

describe('--read of a pipe that nobody writes to', () => {
  /** A run that waits for the pipe, ready to hear signals. */
  async function waiting(wrap: readonly string[] = [], cli: readonly string[] = CLI) {
    const argv = [...wrap, ...cli, 'scan', '--read', file('pipe'), '--json']
    const child = spawn(argv[0]!, argv.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] })
    const ended = collect(child)
    await expect.poll(() => holdsPipe(child), { timeout: 20_000, interval: 20 }).toBe(true)
    return { child, ended }
  }

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('ends with its report on the first %s', async (signal) => {
    const { child, ended } = await waiting()
    child.kill(signal)
    const { code, stdout } = await ended
    expect(code).toBe(3)
    expect(reportSchema.parse(JSON.parse(stdout)).run.interrupted).toBe(true)
  })

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'or whose writer has nothing to say ends with its report on the first %s',
    async (signal) => {
      const writer = openSync(file('pipe'), 'r+')
      try {
        const { child, ended } = await waiting()
        child.kill(signal)
        const { code, stdout } = await ended
        expect(code).toBe(3)
        expect(reportSchema.parse(JSON.parse(stdout)).run.interrupted).toBe(true)
      } finally {
        closeSync(writer)
      }
    },
  )

  it.each([
    ['nohup', ['bash', '-c', 'nohup "$@"; exit $?', 'bash']],
    ['a script that ignores it', ['sh', '-c', 'trap "" HUP; "$@"; exit $?', 'sh']],
  ])('goes on after a SIGHUP under %s', async (_, wrap) => {
    const { child, ended } = await waiting(wrap)
    for (const pid of childrenOf(child.pid!)) process.kill(pid, 'SIGHUP')
    await sleep(200)
    await execute(['sh', '-c', 'cat "$1" >"$2"', 'sh', file('clean.pcap'), file('pipe')])
    const { stdout, stderr } = await ended
    expect(stdout, stderr).not.toBe('')
    const report = reportSchema.parse(JSON.parse(stdout))
    expect(report.run.interrupted).toBe(false)
    expect(report.capture?.frames).toBe(2)
  })

  it('goes on after a SIGHUP that the program was started to ignore', async () => {
    const { child, ended } = await waiting(['sh', '-c', 'trap "" HUP; exec "$@"', 'sh'], [CLI[1]])
    child.kill('SIGHUP')
    await sleep(200)
    child.kill('SIGTERM')
    expect(await ended).toMatchObject({ code: 3 })
  })

  function holdsPipe({ pid }: ChildProcess): boolean {
    const pids = [pid!, ...childrenOf(pid!)]
    return pids.some((one) =>
      execFileSync('ls', ['-l', `/proc/${one}/fd`], { encoding: 'utf8' }).includes(file('pipe')),
    )
  }
})

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
}
