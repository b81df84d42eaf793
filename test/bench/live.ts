import { type ChildProcess, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { SegmentSpec } from '../../src/lab/model.js'
import { type Sending, sender } from '../../src/lab/programs.js'
import { requireLab } from '../../src/lab/requirements.js'
import { buildSegment, type Segment } from '../../src/lab/segment.js'
import type { Report } from '../../src/report/report.js'
import { type Measured, median, milliseconds } from './measured.js'

const VIP = '10.77.0.240'
const RUN = fileURLToPath(new URL('../../../bin/run.js', import.meta.url))
const ENGINES = ['tcpdump', 'cap'] as const
/** Frames per second, and for how many seconds. */
const STORMS = [
  [50_000, 4],
  [100_000, 4],
  [200_000, 10],
] as const
const TRIES = 5
const SWEEP_RATE = 500

export async function* measure(): AsyncGenerator<Measured> {
  yield* startUp()
  const lab = requireLab()
  if (!lab.ok) return yield { what: 'in the lab', ours: `skipped: ${lab.why}` }
  yield* inLab({ hosts: [{ name: 'node-a' }], cable: true }, storms)
  yield* inLab(
    {
      hosts: [
        { name: 'node-a', vips: [VIP] },
        { name: 'node-b', vips: [VIP] },
      ],
    },
    oneVip,
  )
  const client = { address: '10.77.0.100/22' }
  yield* inLab({ client, hosts: [{ name: 'node-a', vips: [VIP, '10.77.3.7'] }] }, sweep)
}

async function* inLab(
  spec: SegmentSpec,
  parts: (segment: Segment) => AsyncGenerator<Measured>,
): AsyncGenerator<Measured> {
  const segment = await buildSegment(spec)
  try {
    yield* parts(segment)
  } finally {
    segment.remove()
  }
}

async function* startUp(): AsyncGenerator<Measured> {
  const run =
    (...argv: string[]) =>
    () =>
      execFileSync(process.execPath, argv)
  const bare = await time(run('-e', '0'))
  for (const flag of ['--version', '--help']) {
    const ours = await time(run(RUN, flag))
    yield { what: `start-up, ${flag}`, ours: `${milliseconds(ours)}, ${milliseconds(ours - bare)} more than bare node` }
  }
}

async function* storms(segment: Segment): AsyncGenerator<Measured> {
  for (const engine of ENGINES) {
    for (const [rate, seconds] of STORMS) yield storm(segment, engine, rate, seconds)
    yield interruption(segment, engine)
  }
}

async function storm(segment: Segment, engine: string, rate: number, seconds: number): Promise<Measured> {
  const scan = await listen(segment, engine)
  const { stdout } = await segment.exec('node-a', sender({ ...reply(segment), rate, count: rate * seconds }))
  await new Promise((resolve) => setTimeout(resolve, 500)) // what is still on its way
  const [sent = 0, took = 0] = stdout.trim().split(' ').map(Number)
  scan.child.kill('SIGINT')
  const { report, notes } = await scan.done
  const { arp = 0, dropped = null } = report.capture ?? {}
  const lost = Math.max(0, sent - arp)
  const late = /at most (\d+) ms late/.exec(notes)?.[1]
  const speed = `${Math.round(sent / took / 1000)} k/s for ${took.toFixed(1)} s`
  const own = dropped === null ? '' : ` (it says ${dropped})`
  const share = ((100 * lost) / sent).toFixed(3)
  return {
    what: `storm, ${engine}, ${rate / 1000} k frames/s`,
    ours: `${speed}: lost ${lost}${own}, ${share} %; loop ≤ ${late} ms`,
  }
}

async function interruption(segment: Segment, engine: string): Promise<Measured> {
  const scan = await listen(segment, engine)
  const storm = segment.spawn('node-a', sender({ ...reply(segment), rate: 200_000, count: 0 }), { stdio: 'ignore' })
  await new Promise((resolve) => setTimeout(resolve, 3000))
  const before = performance.now()
  scan.child.kill('SIGINT')
  await scan.done
  const took = performance.now() - before
  storm.kill()
  return { what: `Ctrl-C to report, ${engine}, 200 k frames/s`, ours: milliseconds(took) }
}

interface Listening {
  readonly child: ChildProcess
  readonly done: Promise<{ readonly report: Report; readonly notes: string }>
}

/** A passive scan at the client, from the moment it listens. */
async function listen(segment: Segment, engine: string): Promise<Listening> {
  const argv = [process.execPath, RUN, 'scan', '--passive', '-i', 'eth0', '--engine', engine, '--json', '-v']
  const child = segment.spawn('client', argv, { stdio: ['ignore', 'pipe', 'pipe'] })
  const done = ended(child)
  await once(child.stderr!, 'data')
  return { child, done }
}

async function ended(child: ChildProcess): Promise<{ report: Report; notes: string }> {
  let [json, notes] = ['', '']
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    json += chunk
  })
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    notes += chunk
  })
  await once(child, 'close')
  return { report: JSON.parse(json) as Report, notes }
}

function reply(segment: Segment): Pick<Sending, 'kind' | 'mac' | 'ip'> {
  return { kind: 'reply', mac: segment.host('node-a').mac, ip: '10.77.0.99' }
}

async function* oneVip(segment: Segment): AsyncGenerator<Measured> {
  const both = (text: string) =>
    ['11', '12'].every((end) => text.toLowerCase().includes(`02:00:00:00:00:${end}`)) ? 'both owners' : 'one owner'
  const peers = [
    ['arping', ['arping', '-b', '-c', '3', '-I', 'eth0', VIP]],
    ['arp-scan', ['arp-scan', '-I', 'eth0', VIP]],
  ] as const
  for (const engine of ENGINES) {
    const ours = await timed(segment, [process.execPath, RUN, 'scan', '--vip', VIP, '--engine', engine])
    yield { what: `one VIP, ${engine}: verdict`, ours: `${milliseconds(ours.ms)}, ${both(ours.stdout)}` }
  }
  for (const [name, argv] of peers.filter(([name]) => installed(name))) {
    const peer = await timed(segment, argv)
    yield { what: `one VIP, ${name}`, ours: `${milliseconds(peer.ms)}, ${both(peer.stdout)}` }
  }
}

async function* sweep(segment: Segment): AsyncGenerator<Measured> {
  const block = '10.77.0.0/22'
  const flags = ['--rounds', '1', '--rate', String(SWEEP_RATE)]
  const ours = await timed(segment, [process.execPath, RUN, 'scan', '--vip', block, '-q', ...flags], 1)
  const what = `sweep of a /22, ${SWEEP_RATE} frames/s, two an address`
  if (!installed('arp-scan')) return yield { what, ours: milliseconds(ours.ms) }
  const interval = `--interval=${1e6 / SWEEP_RATE}u`
  const peer = await timed(segment, ['arp-scan', '-I', 'eth0', '--retry=2', interval, block], 1)
  yield { what, ours: milliseconds(ours.ms), peer: `${milliseconds(peer.ms)} arp-scan` }
}

async function timed(segment: Segment, argv: readonly string[], tries = TRIES) {
  let stdout = ''
  const ms = await time(async () => {
    stdout = (await segment.exec('client', argv)).stdout
  }, tries)
  return { ms, stdout }
}

async function time(work: () => unknown, tries = TRIES): Promise<number> {
  const took: number[] = []
  for (let n = 0; n < tries; n++) {
    const before = performance.now()
    await work()
    took.push(performance.now() - before)
  }
  return median(took)
}

/** Whether a program is on the PATH. */
export function installed(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
