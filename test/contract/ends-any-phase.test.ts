import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { collect } from '../collect.js'
import { CLI } from '../lab/scan-scenario.js'
import { traceToPcap } from '../trace.js'

/** Whatever a run is at, a Ctrl-C ends it: what it waits for never answers here, and what it works on takes it far longer than the test. */

const folder = mkdtempSync(join(tmpdir(), 'l2doctor-ends-any-phase-'))
const file = (name: string) => join(folder, name)
afterAll(() => rmSync(folder, { recursive: true }))
execFileSync('mkfifo', [file('pipe')])
writeFileSync(
  file('clean.pcap'),
  traceToPcap('0 ask 01/10.0.0.1 -> 10.0.0.240\n+0.0005 answer 02/10.0.0.240 -> 01/10.0.0.1'),
)

/** A run that a failed test left behind would be busy for ever. */
const started: ChildProcess[] = []
afterEach(() => {
  const left = started.splice(0).filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)
  for (const child of left) for (const pid of [...childrenOf(child), child.pid!]) process.kill(pid, 'SIGKILL')
})

function start(argv: readonly string[], preload: readonly string[] = []) {
  const child = spawn(CLI[0], [...preload, CLI[1], ...argv], { stdio: ['ignore', 'pipe', 'pipe'] })
  started.push(child)
  const ended = collect(child)
  return { child, ended: ended.then((run) => ({ ...run, signal: child.signalCode })) }
}

const soon = { timeout: 20_000, interval: 20 }

describe('a pipe that nobody writes to, in place of', () => {
  const READING = [
    ['audit-node', '--from', file('pipe')],
    ['audit-cluster', '--cluster-from', file('pipe')],
    ['audit-cluster', '--cluster-from', file('clean.pcap'), '--mac-map', file('pipe')],
    ['audit-cluster', '--cluster-from', file('clean.pcap'), '--nodes-from', file('pipe')],
    ['audit-cluster', '--kubeconfig', file('pipe')],
    ['audit-node', '--hosts-file', file('pipe')],
    ['diagnose', '--from', file('pipe')],
    ['diagnose', '--vip', '10.0.0.240', '--cluster-from', file('pipe')],
    ['scan', '--read', file('clean.pcap'), '--vip', '10.0.0.240', '--cluster-from', file('pipe')],
    ['failover', '--vip', '10.0.0.240', '--cluster-from', file('pipe')],
    ['who', '10.0.0.240', '--cluster-from', file('pipe')],
    ['predict', '--vip', '10.0.0.240', '--nodes-from', file('pipe')],
    ['check', '--file', file('pipe')],
  ]

  it.each(READING)('%s %s %s', async (...argv) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const { child, ended } = start(argv.filter((word) => word !== undefined))
      await expect.poll(() => holds(child, file('pipe')), soon).toBe(true)
      child.kill(signal)
      expect(await ended).toMatchObject({ code: 130, stdout: '' })
    }
  })
})

describe('work in one piece', () => {
  it('the text of a huge file', { timeout: 60_000 }, async () => {
    writeFileSync(file('huge.yaml'), `items:\n${'- {kind: [Service, x], metadata: {name: y}}\n'.repeat(200_000)}`)
    const { child, ended } = start(['audit-cluster', '--cluster-from', file('huge.yaml')])
    await expect.poll(() => secondsAtWork(child), soon).toBeGreaterThan(1.5)
    child.kill('SIGINT')
    expect(await ended).toMatchObject({ signal: 'SIGINT', stdout: '', stderr: expect.stringContaining('Interrupted') })
  })

  /** The main thread is kept busy for good, as by a piece of work without an end, a second after there is a temporary file. */
  const FAULT = `import { readdirSync } from 'node:fs'
    import { isMainThread } from 'node:worker_threads'
    const stands = () => readdirSync(${JSON.stringify(file('copies'))}).length > 0
    const busy = () => { for (;;); }
    if (isMainThread) setTimeout(function look() { setTimeout(...(stands() ? [busy, 1000] : [look, 10])) })`

  it('leaves no temporary file behind', { timeout: 60_000 }, async () => {
    mkdirSync(file('copies'))
    const preload = ['--import', `data:text/javascript,${encodeURIComponent(FAULT)}`]
    const { child, ended } = start(['scan', '--read', file('pipe'), '--write', file('copies/copy.pcap')], preload)
    await expect.poll(() => secondsAtWork(child), soon).toBeGreaterThan(2)
    expect(readdirSync(file('copies'))).toHaveLength(1)
    child.kill('SIGTERM')
    expect(await ended).toMatchObject({ signal: 'SIGINT', stdout: '' })
    expect(readdirSync(file('copies'))).toEqual([])
  })

  it('is 130 to a shell', { timeout: 60_000 }, async () => {
    rmSync(file('copies'), { recursive: true, force: true })
    mkdirSync(file('copies'))
    const fault = `data:text/javascript,${encodeURIComponent(FAULT)}`
    const script =
      '"$@" & trap "kill -INT $!" USR1; while kill -0 $! 2>/dev/null; do wait $!; code=$?; done; exit $code'
    const argv = [CLI[0], '--import', fault, CLI[1], 'scan', '--read', file('pipe'), '--write', file('copies/copy')]
    const shell = spawn('bash', ['-c', script, 'bash', ...argv], { stdio: 'ignore' })
    started.push(shell)
    await expect
      .poll(() => Math.max(0, ...childrenOf(shell).map((pid) => secondsAtWork({ pid }))), soon)
      .toBeGreaterThan(2)
    shell.kill('SIGUSR1')
    expect(await once(shell, 'close')).toEqual([130, null])
  })
})

function holds({ pid }: ChildProcess, path: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`) === path)
  } catch {
    return false // a descriptor that was closed meanwhile
  }
}

/** CPU time of all its threads; the kernel counts in hundredths of a second. */
function secondsAtWork({ pid }: Pick<ChildProcess, 'pid'>): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

function childrenOf({ pid }: ChildProcess): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
}
