import { type ChildProcess, execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { sender } from '../../src/lab/programs.js'
import { requireLab } from '../../src/lab/requirements.js'
import { buildSegment, type Segment } from '../../src/lab/segment.js'
import type { Measured } from './measured.js'

const RUN = fileURLToPath(new URL('../../../bin/run.js', import.meta.url))
const REPLAY = fileURLToPath(new URL('./replay-windows.js', import.meta.url))
const VIPS = Array.from({ length: 500 }, (_, at) => `10.77.${1 + (at >> 8)}.${at & 255}`)
const [BUSY_RATE, BUSY_MS] = [1000, 60_000]
const [STORM_RATE, STORM_SECONDS] = [200_000, 20]
const URL_OF = 'http://10.77.0.100:9797/metrics'

/** A watch for a minute on a busy segment, through a storm, and through as many frames as months bring. */
export async function* measure(): AsyncGenerator<Measured> {
  yield* replayed()
  const lab = requireLab()
  if (!lab.ok) return yield { what: 'in the lab', ours: `skipped: ${lab.why}` }
  const client = { address: '10.77.0.100/22' }
  const segment = await buildSegment({ client, hosts: [{ name: 'node-a', vips: VIPS }, { name: 'node-b' }] })
  try {
    yield* busy(segment)
  } finally {
    segment.remove()
  }
  const cable = await buildSegment({ cable: true, hosts: [{ name: 'node-a', vips: [VIPS[0]!] }] })
  try {
    yield storm(cable)
  } finally {
    cable.remove()
  }
}

/** In a process of its own, so that nothing else is in its memory. */
async function* replayed(): AsyncGenerator<Measured> {
  const [frames, first, last, seconds] = execFileSync(process.execPath, [REPLAY], { encoding: 'utf8' })
    .split(' ')
    .map(Number)
  const growth = ((100 * (last! - first!)) / first!).toFixed(1)
  yield {
    what: `${frames! / 1e6} M frames replayed, in windows of 1 M`,
    ours: `${Math.round(last!)} MB in the last fifth, ${growth} % more than in the first; ${seconds} s`,
  }
}

async function* busy(segment: Segment): AsyncGenerator<Measured> {
  const watch = start(segment, ['--vip', VIPS.join(',')])
  const noise = segment.spawn(
    'node-b',
    sender({
      kind: 'request',
      mac: segment.host('node-b').mac,
      ip: '10.77.0.99',
      rate: BUSY_RATE,
      count: 0,
      distinct: 200,
    }),
    { stdio: 'ignore' },
  )
  await sleep(10_000) // start-up, and the first round
  const before = cpuSeconds(segment)
  await sleep(BUSY_MS)
  const [used, kib] = [cpuSeconds(segment) - before, memoryKib(segment)]
  const scraped = performance.now()
  const text = await scrape(segment)
  const tookMs = performance.now() - scraped
  noise.kill()
  await ended(watch)
  yield {
    what: `${BUSY_RATE} ARP/s and ${VIPS.length} VIPs, all processes`,
    ours: `${((100_000 * used) / BUSY_MS).toFixed(1)} % of a core, ${Math.round(kib / 1024)} MB; /metrics ${Math.round(text.length / 1024)} KiB (${Math.round(tookMs)} ms with the client's start)`,
  }
}

async function storm(segment: Segment): Promise<Measured> {
  const watch = start(segment, ['--vip', VIPS[0]!, '--window', '5s'])
  await sleep(3000)
  const flood = { kind: 'reply', mac: segment.host('node-a').mac, ip: '10.77.0.99' } as const
  const sending = sender({ ...flood, rate: STORM_RATE, count: STORM_RATE * STORM_SECONDS })
  const { stdout } = await segment.exec('node-a', sending)
  const [sent = 0, took = 0] = stdout.trim().split(' ').map(Number)
  await sleep(15_000)
  const text = await scrape(segment)
  const [heard, dropped] = [sample(text, 'l2doctor_arp_frames_total'), sample(text, 'l2doctor_frames_dropped_total')]
  await ended(watch)
  const silently = Math.max(0, sent - heard - dropped)
  return {
    what: `storm, ${STORM_RATE / 1000} k frames/s for ${STORM_SECONDS} s`,
    ours: `${Math.round(sent / took / 1000)} k/s: heard ${heard}, counted as dropped ${dropped}, lost silently ${silently}`,
  }
}

function start(segment: Segment, flags: readonly string[]): ChildProcess {
  const argv = [process.execPath, RUN, 'watch', '--listen', '10.77.0.100:9797', '--quiet', ...flags]
  return segment.spawn('client', argv, { stdio: ['ignore', 'ignore', 'inherit'] })
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('close', () => resolve())
    child.kill('SIGTERM')
  })
}

async function scrape(segment: Segment): Promise<string> {
  const get = `fetch('${URL_OF}').then((page) => page.text()).then((text) => process.stdout.write(text))`
  return (await segment.exec('node-a', [process.execPath, '-e', get])).stdout
}

function sample(text: string, name: string): number {
  return Number(new RegExp(`^${name}\\{.*\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0)
}

function pids(segment: Segment): string[] {
  const text = execFileSync('ip', ['netns', 'pids', segment.host('client').namespace], { encoding: 'utf8' })
  return text.trim().split('\n')
}

/** Of all processes of the watch; CLK_TCK is 100 on every Linux that Node runs on. */
function cpuSeconds(segment: Segment): number {
  const ticks = pids(segment).map((pid) => {
    const [, , , , , , , , , , , user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')
    return Number(user) + Number(system)
  })
  return ticks.reduce((sum, one) => sum + one, 0) / 100
}

function memoryKib(segment: Segment): number {
  const rss = (pid: string) => Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
  return pids(segment).reduce((sum, pid) => sum + rss(pid), 0)
}
