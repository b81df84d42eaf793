import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { failoverSchema } from '../../src/failover/report.js'
import { buildSegment, type Segment } from '../../src/lab/segment.js'
import { collect, execute } from '../collect.js'
import { copyCheckout } from '../lab/checkout.js'
import { describeLab } from '../lab/describe-lab.js'
import { CLI } from '../lab/scan-scenario.js'
import { traceToPcap } from '../trace.js'
import { expectValid, OUTPUTS } from './valid-output.js'

/** The matrix of design.md §6: what happened decides the exit code, whatever the output; and every output stays valid. */

const folder = mkdtempSync(join(tmpdir(), 'l2doctor-exit-codes-'))
const file = (name: string) => join(folder, name)
afterAll(() => rmSync(folder, { recursive: true }))

/** One round every three seconds, each with its answers, and a probe that the first ones answer: a scan's own capture. */
const rounds = (...answers: readonly (readonly string[])[]) =>
  [
    ...answers.flatMap((lines, at) => [`${at * 3} ask 01/10.0.0.1 -> 10.0.0.240`, ...answered(lines)]),
    `${answers.length * 3} probe 01 -> 10.0.0.240`,
    ...answered((answers[0] ?? []).map((line) => line.replace(/10\.0\.0\.1$/, '0.0.0.0'))),
  ].join('\n')
const answered = (lines: readonly string[]) => lines.map((line) => `+0.0005 ${line}`)
const one = ['answer 02/10.0.0.240 -> 01/10.0.0.1']
const two = [...one, 'answer 03/10.0.0.240 -> 01/10.0.0.1']

beforeAll(() => {
  writeFileSync(file('clean.pcap'), traceToPcap(rounds(one, one, one)))
  writeFileSync(file('warning.pcap'), traceToPcap(rounds(one, [], one, [], one)))
  writeFileSync(file('error.pcap'), traceToPcap(rounds(two, two, two)))
  writeFileSync(file('empty.pcap'), traceToPcap(''))
  mkdirSync(file('closed'), { mode: 0o700 })
  writeFileSync(file('closed/capture.pcap'), traceToPcap(rounds(one)))
  chmodSync(folder, 0o755)
  writeFileSync(file('unreadable.pcap'), 'this is a letter to a friend, not a capture\n')
})

interface Case {
  readonly what: string
  readonly argv: readonly string[]
  readonly code: number
  /** Nothing may be on stdout: there is no report. */
  readonly silent?: boolean
  /** What stderr must say. */
  readonly stderr?: RegExp
}

const FILES: readonly Case[] = [
  { what: 'clean', argv: ['--read', file('clean.pcap'), '--vip', '10.0.0.240'], code: 0 },
  { what: 'warning', argv: ['--read', file('warning.pcap'), '--vip', '10.0.0.240'], code: 0 },
  {
    what: 'warning, --fail-on warning',
    argv: ['--read', file('warning.pcap'), '--vip', '10.0.0.240', '--fail-on', 'warning'],
    code: 1,
  },
  { what: 'error', argv: ['--read', file('error.pcap')], code: 1 },
  { what: 'error, --fail-on never', argv: ['--read', file('error.pcap'), '--fail-on', 'never'], code: 0 },
  { what: 'empty capture', argv: ['--read', file('empty.pcap')], code: 3 },
  { what: 'unreadable file', argv: ['--read', file('unreadable.pcap')], code: 3 },
  { what: 'missing file', argv: ['--read', file('missing.pcap')], code: 3 },
  { what: 'bad flag', argv: ['--no-such-flag'], code: 2, silent: true, stderr: /no-such-flag/ },
  { what: 'bad value', argv: ['--vip', '10.0.0.300'], code: 2, silent: true, stderr: /10\.0\.0\.300/ },
]

/** A scan of a clean capture in a process that runs `fault` first. */
function scanWith(fault: string, output: string) {
  const [node, entry] = CLI
  const preload = ['--import', `data:text/javascript,${encodeURIComponent(fault)}`]
  return execute([node, ...preload, entry, 'scan', '--read', file('clean.pcap'), '--output', output])
}

describe.each(OUTPUTS)('--output %s', (output) => {
  it.concurrent.each(FILES)('$what: exit $code', async ({ argv, code, silent, stderr = /^/ }) => {
    const run = await execute([...CLI, 'scan', ...argv, '--output', output])
    expect(run.code, run.stderr).toBe(code)
    expect(run.stderr).toMatch(stderr)
    if (silent) expect(run.stdout).toBe('')
    else expectValid(output, run.stdout)
  })

  it.concurrent('crash: exit 70, and no half report', async () => {
    const fault = "Date.prototype.toISOString = () => { throw new TypeError('on purpose') }"
    const run = await scanWith(fault, output)
    expect(run.code, run.stderr).toBe(70)
    expect(run.stderr).toMatch(/bug in l2doctor[\s\S]*on purpose/)
    expect(run.stdout).toBe('')
  })

  it.concurrent('crash in a callback: exit 70 too, never the 1 of a finding', async () => {
    const fault = `const { on } = process; process.on = function (name, listener) {
      if (name === 'SIGINT') setImmediate(() => { throw new TypeError('on purpose') })
      return on.call(this, name, listener)
    }`
    const run = await scanWith(fault, output)
    expect(run.code, run.stderr).toBe(70)
    expect(run.stderr).toMatch(/bug in l2doctor[\s\S]*on purpose/)
  })

  it.concurrent('full disk: exit 2, and the next step', async () => {
    const argv = ['scan', '--read', file('error.pcap'), '--output', output]
    const run = await execute(['sh', '-c', '"$@" >/dev/full', 'sh', ...CLI, ...argv])
    expect(run.code, run.stderr).toBe(2)
    expect(run.stderr).toMatch(/^Error: cannot write to standard output: ENOSPC.*--output NAME=FILE\n$/)
  })

  it.concurrent('closed pipe: the exit code stays, and nothing complains', async () => {
    const script = 'set -o pipefail; "$@" | head -c 1 >/dev/null'
    const argv = ['scan', '--read', file('error.pcap'), '--output', output]
    const run = await execute(['bash', '-c', script, 'bash', ...CLI, ...argv])
    expect(run.code, run.stderr).toBe(1)
    expect(run.stderr).toBe('')
  })
})

it('Ctrl-C once the report is out: its exit code stands, up to the last moment of the process', async () => {
  for (let late = 0; late < 12; late++) {
    const child = spawn(CLI[0], [CLI[1], 'scan', '--read', file('error.pcap'), '--json'])
    const ended = collect(child)
    await once(child.stdout, 'data')
    await sleep(late)
    child.kill('SIGINT')
    const run = await ended
    expect(run.code, `${late} ms after the report: ${run.stderr}`).toBe(1)
    expectValid('json', run.stdout)
  }
})

it('an unknown name of a benchmark: exit 2, and the names there are', async () => {
  const run = await execute([process.execPath, 'dist/test/bench/bench.js', 'hostile', 'hostil'])
  expect(run).toMatchObject({ code: 2, stdout: '' })
  expect(run.stderr).toMatch(/^Error: no benchmark named hostil; there are .*\bhostile\b.*\n$/)
})

describe('failover', () => {
  const asked = (from: number, to: number, octet: string | null) => {
    const repeat = `repeat ${(to - from) * 10} every 0.1`
    const answer = octet === null ? [] : [`+0.0005 answer ${octet}/10.0.0.240 -> 01/10.0.0.1 ${repeat}`]
    return [`${from} ask 01/10.0.0.1 -> 10.0.0.240 ${repeat}`, ...answer]
  }
  const moved = [...asked(0, 2, '02'), ...asked(2, 4, null), ...asked(4, 7, '03')]
  beforeAll(() => {
    writeFileSync(file('moved.pcap'), traceToPcap(moved.join('\n')))
    writeFileSync(file('stayed.pcap'), traceToPcap(asked(0, 5, '02').join('\n')))
    execFileSync('mkfifo', [file('pipe')])
  })
  const of = (name: string, ...more: string[]) => ['--vip', '10.0.0.240', '--read', file(name), ...more]

  const CASES: readonly Case[] = [
    { what: 'measured', argv: of('moved.pcap'), code: 0 },
    { what: 'fast enough', argv: of('moved.pcap', '--fail-above', '3s'), code: 0 },
    { what: 'too slow', argv: of('moved.pcap', '--fail-above', '1s'), code: 1 },
    { what: 'as slow as allowed, within what can be told', argv: of('moved.pcap', '--fail-above', '2s'), code: 3 },
    { what: 'none happened', argv: of('stayed.pcap'), code: 3 },
    { what: 'fewer than wanted', argv: of('moved.pcap', '--times', '2'), code: 3 },
    { what: 'unreadable file', argv: of('unreadable.pcap'), code: 3 },
    { what: 'missing file', argv: of('missing.pcap'), code: 3 },
    { what: 'no address', argv: [], code: 2, silent: true, stderr: /--vip/ },
    { what: 'no time', argv: of('moved.pcap', '--fail-above', 'soon'), code: 2, silent: true, stderr: /fail-above/ },
    { what: '--rate of a capture', argv: of('moved.pcap', '--rate', '5'), code: 2, silent: true, stderr: /rate/ },
  ]

  it.concurrent.each(CASES.flatMap((one) => [one, { ...one, argv: [...one.argv, '--json'] }]))(
    '$what: exit $code',
    async ({ argv, code, silent, stderr = /^/ }) => {
      const run = await execute([...CLI, 'failover', ...argv])
      expect(run.code, run.stderr).toBe(code)
      expect(run.stderr).toMatch(stderr)
      if (silent) expect(run.stdout).toBe('')
      else if (argv.includes('--json')) failoverSchema.parse(JSON.parse(run.stdout))
      else expect(run.stdout).toMatch(/^\S+ \S/)
    },
  )

  it.concurrent('full disk: exit 2', async () => {
    const argv = ['failover', ...of('moved.pcap')]
    const run = await execute(['sh', '-c', '"$@" >/dev/full', 'sh', ...CLI, ...argv])
    expect(run.code, run.stderr).toBe(2)
  })

  it.concurrent.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s while it reads a pipe that nobody writes to: the report so far',
    async (signal) => {
      const child = spawn(CLI[0], [CLI[1], 'failover', ...of('pipe', '--json')])
      const ended = collect(child)
      await expect.poll(() => opens(child.pid!, file('pipe')), { timeout: 20_000, interval: 20 }).toBe(true)
      child.kill(signal)
      const run = await ended
      expect(run.code, run.stderr).toBe(3)
      expect(failoverSchema.parse(JSON.parse(run.stdout)).run.interrupted).toBe(true)
    },
  )
})

/** Whether a process has opened a file, or waits in open for it, which the pipe's readers show in no other way. */
function opens(pid: number, path: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`) === path
      } catch {
        return false
      }
    })
  } catch {
    return false
  }
}

const VIP = '10.77.0.240'
const SILENT_VIP = '10.77.0.242'
const QUICK = ['--interface', 'eth0', '--rounds', '1']

interface LiveCase extends Case {
  readonly on: 'healthy' | 'contested'
  readonly before?: readonly string[]
  /** From a copy: a checkout of root's may lie where another user cannot go. */
  readonly copied?: boolean
}

const LIVE: readonly LiveCase[] = [
  { what: 'clean', on: 'healthy', argv: ['--vip', VIP, ...QUICK], code: 0 },
  { what: 'error', on: 'contested', argv: ['--vip', VIP, ...QUICK], code: 1 },
  { what: 'silent VIP', on: 'healthy', argv: ['--vip', SILENT_VIP, ...QUICK], code: 1 },
  {
    what: 'no CAP_NET_RAW',
    on: 'contested',
    before: ['setpriv', '--bounding-set', '-net_raw,-net_admin', '--inh-caps', '-all'],
    argv: ['--vip', VIP, ...QUICK],
    code: 3,
  },
  {
    what: 'a folder that may not be entered',
    on: 'healthy',
    before: ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'],
    copied: true,
    argv: ['--read', file('closed/capture.pcap')],
    code: 3,
  },
  { what: 'unknown interface', on: 'healthy', argv: ['--vip', VIP, '--interface', 'eth9'], code: 3 },
  { what: 'interface down', on: 'healthy', argv: ['--vip', VIP, '--interface', 'down0'], code: 3 },
]

describeLab('live', () => {
  let segments: Record<'healthy' | 'contested', Segment>
  let copy: string
  beforeAll(async () => {
    copy = copyCheckout(join(folder, 'l2doctor'))
    const owner = { name: 'node-a', vips: [VIP] }
    const downLink = ['ip link add down0 type veth peer name down1', 'ip addr add 10.77.1.1/24 dev down0']
    segments = {
      healthy: await buildSegment({ hosts: [owner], client: { setup: downLink } }),
      contested: await buildSegment({ hosts: [owner, { name: 'node-b', vips: [VIP] }] }),
    }
  })
  afterAll(() => {
    for (const segment of Object.values(segments)) segment.remove()
  })

  describe.each(OUTPUTS)('--output %s', (output) => {
    it.concurrent.each(LIVE)('$what: exit $code', async ({ on, before = [], copied, argv, code }) => {
      const program = copied ? [process.execPath, copy] : CLI
      const run = await segments[on].exec('client', [...before, ...program, 'scan', ...argv, '--output', output])
      expect(run.code, run.stderr).toBe(code)
      expectValid(output, run.stdout)
    })

    it.concurrent('SIGINT: ends with the report of what was seen', async () => {
      const scan = await longScan(output)
      await sleep(2000) // enough for a round of probes
      scan.child.kill('SIGINT')
      const run = await scan.ended
      expect(run.code, run.stderr).toBe(1)
      expectValid(output, run.stdout)
    })
  })

  it('SIGINT twice: gives up with exit 130, even when the capture does not end', async () => {
    const scan = await longScan('json')
    await expect.poll(() => capturesOf(scan.child.pid!), { timeout: 10_000 }).not.toEqual([])
    for (const pid of capturesOf(scan.child.pid!)) process.kill(pid, 'SIGSTOP')
    scan.child.kill('SIGINT')
    await sleep(50) // two signals at once would be one
    scan.child.kill('SIGINT')
    expect(await scan.ended).toMatchObject({ code: 130, stdout: '' })
  })

  /** A scan far longer than the test, begun when this resolves. */
  async function longScan(output: string) {
    const argv = [...CLI, 'scan', '--vip', VIP, '--interface', 'eth0', '--rounds', '1000', '--output', output]
    const child = segments.contested.spawn('client', argv, { stdio: ['ignore', 'pipe', 'pipe'] })
    const ended = collect(child)
    await once(child.stderr!, 'data')
    return { child, ended }
  }
})

/** Not every child: to stop one that is forked but not yet another program stops its parent, which waits for that. */
function capturesOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  const commandOf = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : '')
  return children.filter((child) => commandOf(`/proc/${child}/cmdline`).includes('cap-child'))
}
