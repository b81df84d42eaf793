import { type ChildProcess, execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { buildSegment, type Segment } from '../../src/lab/segment.js'
import { copyCheckout } from './checkout.js'
import { describeLab } from './describe-lab.js'
import { parseReport } from './scan-scenario.js'

const VIP = '10.77.0.240'
const NET_RAW = (1n << 13n).toString(16).padStart(16, '0')

let segment: Segment
const folders: string[] = []
beforeEach(async () => {
  segment = await buildSegment({ hosts: [{ name: 'node-a', vips: [VIP] }] })
})
afterEach(() => {
  segment.remove()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

interface Process {
  readonly pid: number
  readonly command: string
  readonly status: Readonly<Record<string, string>>
}

/** All below a process. `ip netns pids` would need CAP_SYS_PTRACE to see those of another user. */
function descendants(pid: number): Process[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const all = pids.flatMap((name) => whileThere(() => [processOf(Number(name))], []))
  const below = (parent: number): Process[] =>
    all.filter(({ status }) => status['PPid'] === String(parent)).flatMap((one) => [one, ...below(one.pid)])
  return below(pid)
}

function packetSockets(): number {
  const table = execFileSync('ip', ['netns', 'exec', segment.host('client').namespace, 'cat', '/proc/net/packet'])
  return table.toString().trim().split('\n').length - 1
}

function processOf(pid: number): Process {
  const lines = readFileSync(`/proc/${pid}/status`, 'utf8').matchAll(/^(\w+):\s*(.*)$/gm)
  const status = Object.fromEntries([...lines].map(([, name, value]) => [name, value]))
  return { pid, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '), status }
}

/** Whether one of its descriptors is a packet socket; none is of a process that has ended. */
function hasPacketSocket({ pid }: Process): boolean {
  if (!existsSync(`/proc/${pid}/fd`)) return false
  const packets = whileThere(() => readFileSync(`/proc/${pid}/net/packet`, 'utf8'), '').split('\n')
  const inodes = packets.flatMap((line) => line.trim().split(/\s+/)[8] ?? [])
  return whileThere(() => readdirSync(`/proc/${pid}/fd`), []).some((fd) => {
    const target = whileThere(() => readlinkSync(`/proc/${pid}/fd/${fd}`), '')
    return inodes.includes(/^socket:\[(\d+)\]/.exec(target)?.[1] ?? '')
  })
}

/** `gone` where the process, or its descriptor, ended meanwhile. */
function whileThere<T>(read: () => T, gone: T): T {
  try {
    return read()
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return gone
    throw error
  }
}

/** A PATH with these programs only, in a folder that everybody can read. */
function pathWith(...names: readonly string[]): string {
  const folder = mkdtempSync('/tmp/l2d-path-')
  folders.push(folder)
  chmodSync(folder, 0o755)
  for (const name of ['ip', 'sh', 'true', ...names]) {
    const found = ['/usr/sbin', '/usr/bin', '/sbin', '/bin']
      .map((at) => join(at, name))
      .find((path) => existsSync(path))
    symlinkSync(found!, join(folder, name))
  }
  return folder
}

interface Start {
  readonly path?: string
  readonly program?: string
  readonly before?: readonly string[]
}

/** A scan that listens; `end` waits for it and gives its report. */
async function start(flags: readonly string[], { path, program = resolve('bin/run.js'), before = [] }: Start = {}) {
  const environment = path === undefined ? [] : ['env', `PATH=${path}`]
  const argv = [
    ...before,
    ...environment,
    process.execPath,
    program,
    'scan',
    '--no-kube',
    '--json',
    '--vip',
    VIP,
    ...flags,
  ]
  const child: ChildProcess = segment.spawn('client', argv, { stdio: ['ignore', 'pipe', 'pipe'] })
  let [text, said] = ['', '']
  child.stdout!.on('data', (chunk) => {
    text += chunk
  })
  child.stderr!.on('data', (chunk) => {
    said += chunk
  })
  const closed = once(child, 'close')
  await Promise.race([once(child.stderr!, 'data'), closed])
  if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode} before it listened: ${said}`)
  const end = async () => {
    await closed
    if (text === '') throw new Error(`no report: ${said}`)
    return { report: parseReport(text), said }
  }
  return { parent: processOf(child.pid!), end }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** What the children of a run are, with their rights, once a listener and a sender have their sockets and nothing changes. */
async function children(parent: Process) {
  let [before, same] = ['', 0]
  for (let looks = 0; ; looks++) {
    const others = descendants(parent.pid)
    const now = JSON.stringify(others.map(({ pid, command, status }) => [pid, command, status['CapEff']]))
    same = now === before ? same + 1 : 0
    if ((same >= 3 && packetSockets() >= 2) || looks === 60) return others
    before = now
    await pause(50)
  }
}

function expectConfined(others: readonly Process[]): void {
  expect(others.length).toBeGreaterThanOrEqual(2)
  for (const { command, status } of others) {
    const { CapEff, CapPrm, CapBnd, NoNewPrivs } = status
    expect({ command, CapEff, CapPrm, CapBnd, NoNewPrivs }).toEqual({
      command,
      CapEff: NET_RAW,
      CapPrm: NET_RAW,
      CapBnd: NET_RAW,
      NoNewPrivs: '1',
    })
  }
}

const LONG = ['--duration', '4s']
const senders = { perl: ['perl'], python3: ['python3'], cap: [] }
const engines = ['cap', 'tcpdump', 'socket']
const pairs = engines.flatMap((engine) => Object.keys(senders).map((sender) => [engine, sender] as const))

describeLab('the programs that touch the wire', () => {
  it.each(pairs.filter(([engine, sender]) => engine !== 'socket' || sender !== 'cap'))(
    '%s, sending through %s: CAP_NET_RAW alone, no new privileges, and the parent has no packet socket',
    async (engine, sender) => {
      const path = pathWith('setpriv', 'tcpdump', ...senders[sender as keyof typeof senders])
      const run = await start([...LONG, '--engine', engine], { path })
      const others = await children(run.parent)
      expectConfined(others)
      expect(hasPacketSocket(run.parent)).toBe(false)
      expect(others.filter(hasPacketSocket).length).toBeGreaterThanOrEqual(2)
      const { report } = await run.end()
      expect(report.addresses[0]?.claims).toMatchObject([{ class: 'owner' }])
      expect(report.run.source?.engine).toBe(engine)
      const reasons = report.gaps.map(({ reason }) => reason)
      expect(reasons.filter((reason) => !reason.includes('promiscuous'))).toEqual([])
    },
  )

  it.each(['perl', 'python3'])('take their rights away through %s where setpriv is missing', async (program) => {
    for (const engine of ['tcpdump', 'cap']) {
      const run = await start([...LONG, '--engine', engine], { path: pathWith('tcpdump', program) })
      expectConfined(await children(run.parent))
      expect((await run.end()).report.addresses[0]?.claims).toMatchObject([{ class: 'owner' }])
    }
  })

  it('run with what they have where nothing can take rights away, and it is said', async () => {
    const run = await start(['--engine', 'cap'], { path: pathWith() })
    const { report, said } = await run.end()
    expect(said).toContain('more rights than CAP_NET_RAW')
    expect(report.addresses[0]?.claims).toMatchObject([{ class: 'owner' }])
  })

  it('run from a checkout that only another user can read', async () => {
    const home = mkdtempSync('/tmp/l2d-home-')
    folders.push(home)
    const program = copyCheckout(join(home, 'l2doctor'))
    execFileSync('chmod', ['-R', 'go=', home])
    execFileSync('chown', ['-R', '4711:4711', home])
    for (const path of [undefined, pathWith('setpriv')]) {
      const run = await start([...LONG, '--engine', 'cap'], { program, ...(path ? { path } : {}) })
      expectConfined(await children(run.parent))
      expect((await run.end()).report.addresses[0]?.claims).toMatchObject([{ class: 'owner' }])
    }
  })

  it('run for a user who has CAP_NET_RAW and nothing else', async ({ skip }) => {
    // a checkout of root's may lie where another user cannot go
    const folder = mkdtempSync('/tmp/l2d-copy-')
    folders.push(folder)
    chmodSync(folder, 0o755)
    const program = copyCheckout(folder)
    const only = ['--inh-caps=-all,+net_raw', '--ambient-caps=-all,+net_raw']
    const before = [
      'setpriv',
      '--reuid=4711',
      '--regid=4711',
      '--clear-groups',
      ...only,
      '--',
      ...['env', '-u', 'HOME', '-u', 'SHELL'], // the machine knows no user 4711: nothing says where home is
    ]
    const as4711 = (...argv: string[]) => {
      const inside = ['netns', 'exec', segment.host('client').namespace, ...before, ...argv]
      const { status, stderr } = spawnSync('ip', inside, { encoding: 'utf8' })
      return { works: status === 0, stderr }
    }
    const node = as4711(process.execPath, '--version')
    skip(!node.works, `user 4711 cannot run Node here: ${node.stderr}`)
    const socket = as4711('perl', '-e', 'socket(my $s, 17, 3, 0) or die $!')
    skip(!socket.works, `CAP_NET_RAW gives user 4711 no packet socket here: ${socket.stderr}`)
    const sandboxed = !as4711('test', '-r', resolve('bin/run.js')).works
    for (const engine of engines) {
      const run = await start([...LONG, '--engine', engine], { before, program })
      const rights = (await children(run.parent)).map(({ status }) => [
        status['CapEff'],
        status['CapPrm'],
        status['NoNewPrivs'],
      ])
      if (rights.length < 2) {
        const outcome = await run.end().then(JSON.stringify, String)
        skip(sandboxed, `${engine} does not come up for user 4711, from whom this machine keeps more: ${outcome}`)
        expect.fail(`${engine}: ${rights.length} children, ${outcome}`)
      }
      expect(new Set(rights.map(String))).toEqual(new Set([String([NET_RAW, NET_RAW, '1'])]))
      expect((await run.end()).report.addresses[0]?.claims).toMatchObject([{ class: 'owner' }])
    }
  })
})

describeLab('an engine that is not there', () => {
  it.each([
    ['cap', { cap: false }, ['setpriv', 'tcpdump', 'perl'], 'tcpdump'],
    ['cap and perl', { cap: false }, ['setpriv', 'tcpdump', 'python3'], 'tcpdump'],
    ['cap and tcpdump', { cap: false }, ['setpriv', 'perl'], 'socket'],
    ['tcpdump', {}, ['setpriv', 'perl'], 'cap'],
    ['perl and python3', {}, ['setpriv', 'tcpdump'], 'cap'],
  ])('%s: the others do the whole job, and nothing is missing', async (_, parts, programs, engine) => {
    const folder = mkdtempSync('/tmp/l2d-copy-')
    folders.push(folder)
    chmodSync(folder, 0o755)
    const run = await start([], { program: copyCheckout(folder, parts), path: pathWith(...programs) })
    const { report, said } = await run.end()
    expect(report.run.source?.engine).toBe(engine)
    expect(report.gaps).toEqual([])
    expect(report.addresses[0]?.claims).toMatchObject([{ class: 'owner', rounds: 5 }])
    expect(said).not.toMatch(/cannot|fail|does not load|missing|instead/)
  })

  it('a tcpdump that never starts: the next one listens after five seconds', async () => {
    const path = pathWith('setpriv', 'perl', 'sleep')
    execFileSync('sh', ['-c', `printf '#!/bin/sh\\nexec sleep 60\\n' >${path}/tcpdump && chmod 755 ${path}/tcpdump`])
    const began = performance.now()
    const before = ['env', 'KUBERNETES_SERVICE_HOST=10.96.0.1']
    const { report } = await (await start([], { path, before })).end()
    expect(report.run.source?.engine).toBe('socket')
    expect(report.capture?.promiscuityChanged).toBe(false)
    expect(performance.now() - began).toBeGreaterThan(5000)
    expect(report.addresses[0]?.claims).toMatchObject([{ class: 'owner' }])
  })
})

describeLab('what happens to a capture on its way', () => {
  const link = (state: string) =>
    execFileSync('ip', ['-n', segment.host('client').namespace, 'link', 'set', 'eth0', state])
  it.each(engines)('%s: the run goes on over a link that flaps, and the gap is named', async (engine) => {
    const run = await start(['--duration', '7s', '--engine', engine])
    await pause(1000)
    link('down')
    await pause(500)
    link('up')
    const { report } = await run.end()
    expect(report.gaps).toContainEqual(expect.objectContaining({ subject: 'capture on eth0' }))
    expect(report.capture?.durationSeconds).toBeGreaterThan(4.5)
    const [last] = report.addresses[0]!.timeline.filter(({ answers }) => answers.length > 0).slice(-1)
    expect(last?.atMs).toBeGreaterThan(3000)
    expect(report.addresses[0]?.claims).toMatchObject([{ class: 'owner' }])
  })

  it('a sender that dies is a gap', async () => {
    const run = await start(['--duration', '4s', '--engine', 'tcpdump'])
    const sender = (await children(run.parent)).find(({ command }) => command.startsWith('perl'))!
    process.kill(sender.pid, 'SIGKILL')
    const { report } = await run.end()
    expect(report.gaps).toContainEqual(expect.objectContaining({ subject: 'probes on eth0' }))
  })

  it.each(engines)('%s: a capture program that dies is a gap, and another takes its place', async (engine) => {
    const run = await start(['--duration', '5s', '--engine', engine])
    const mark = { cap: 'cap-child', tcpdump: 'tcpdump -i', socket: '$recvmsg' }[engine]!
    const listener = (await children(run.parent)).find(({ command }) => command.includes(mark))!
    process.kill(listener.pid, 'SIGKILL')
    const { report } = await run.end()
    expect(report.gaps).toContainEqual(expect.objectContaining({ subject: 'capture on eth0' }))
    expect(report.capture?.durationSeconds).toBeGreaterThan(2.5)
  })

  it('the child around cap takes less than 250 MB', async () => {
    const run = await start([...LONG, '--engine', 'cap'])
    const child = (await children(run.parent)).find(({ command }) => command.includes('cap-child'))!
    expect(Number.parseInt(child.status['VmHWM']!, 10)).toBeLessThan(250_000)
    await run.end()
  })
})
