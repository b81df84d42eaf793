import { type ChildProcess, execFileSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { sender } from '../../src/lab/programs.js'
import { requireLab } from '../../src/lab/requirements.js'
import { buildSegment, type Segment } from '../../src/lab/segment.js'
import { WatchPlan } from '../../src/probe/watch-plan.js'
import { Site } from '../lab/watch-site.js'
import type { Measured } from './measured.js'
import { type Kind, type Memory, Processes } from './processes.js'

const RUN = fileURLToPath(new URL('../../../bin/run.js', import.meta.url))
const REPLAY = fileURLToPath(new URL('./replay-windows.js', import.meta.url))
const VIPS = Array.from({ length: 500 }, (_, at) => `10.77.${1 + (at >> 8)}.${at & 255}`)
/** A first round and its window, in which all is compiled, and then one more. */
const [BUSY_RATE, FIRST_MS, BUSY_MS] = [1000, 75_000, 60_000]
const [STORM_RATE, STORM_SECONDS] = [200_000, 60]
const URL_OF = 'http://10.77.0.100:9797/metrics'

/** A watch for a minute on a busy segment, through a storm, and through as many frames as months bring. */
export async function* measure(): AsyncGenerator<Measured> {
  yield* replayed()
  yield round()
  const lab = requireLab()
  if (!lab.ok) return yield { what: 'in the lab', ours: `skipped: ${lab.why}` }
  const client = { address: '10.77.0.100/22' }
  const vips = { 'node-a': VIPS, 'node-b': ['10.77.0.241'], 'node-c': ['10.77.0.240'] }
  const hosts = Object.entries(vips).map(([name, own]) => ({ name, vips: own }))
  for (const withApi of [false, true]) {
    const segment = await buildSegment({ client, hosts })
    try {
      yield* busy(segment, withApi)
    } finally {
      segment.remove()
    }
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

/** On a clock of its own. */
function round(): Measured {
  const vips = Array.from({ length: 5000 }, (_, at) => 0x0a000000 + at)
  const plan = new WatchPlan(
    { vips, framesPerSecond: 10, intervalMs: 10_000, lateMs: 0, canAsk: () => true, isOwn: () => false },
    { responders: () => [], answers: () => new Map() },
  )
  return { what: '5000 VIPs at 10 frames/s', ours: `one round in ${(plan.roundMs / 60_000).toFixed(1)} min` }
}

async function* busy(segment: Segment, withApi: boolean): AsyncGenerator<Measured> {
  const watch = start(segment, withApi ? ['--kubeconfig', await serveApi(segment)] : ['--vip', VIPS.join(',')])
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
  const processes = new Processes(watch.pid!)
  await sleep(FIRST_MS)
  const before = processes.cpuSeconds()
  await sleep(BUSY_MS)
  const used = share(before, processes.cpuSeconds())
  const scraped = performance.now()
  const text = await scrape(segment)
  const tookMs = performance.now() - scraped
  noise.kill()
  const all = memory(processes.memory())
  const taken = KINDS.map((kind) => `${kind} ${memory(processes.memory(kind))}`).join(', ')
  await ended(watch)
  const what = `${BUSY_RATE} ARP/s and ${VIPS.length} VIPs${withApi ? ', with the API' : ''}`
  yield { what: `${what}: processor`, ours: used }
  yield {
    what: `${what}: memory`,
    ours: `${all}, after a scrape`,
    peer: taken,
  }
  yield {
    what: `${what}: /metrics`,
    ours: `${Math.round(text.length / 1024)} KiB (${Math.round(tookMs)} ms with the client's start)`,
  }
}

const KINDS: readonly Kind[] = ['node', 'listener', 'sender']

/** Of one core. */
function share(before: ReadonlyMap<Kind, number>, after: ReadonlyMap<Kind, number>): string {
  const parts = KINDS.map((kind) => ({ kind, used: (after.get(kind) ?? 0) - (before.get(kind) ?? 0) }))
  const percent = (seconds: number) => ((100_000 * seconds) / BUSY_MS).toFixed(2)
  const sum = parts.reduce((all, { used }) => all + used, 0)
  return `${percent(sum)} % of a core (${parts.map(({ kind, used }) => `${kind} ${percent(used)}`).join(', ')})`
}

function memory({ once, rss, pss }: Memory): string {
  return `${Math.round(once)} MB with each page once (RSS ${Math.round(rss)}, PSS ${Math.round(pss)})`
}

/** A process in the namespace of the watch, and none that it started. Answers its kubeconfig. */
async function serveApi(segment: Segment): Promise<string> {
  const site = new Site(segment)
  site.write((text) => [text, ...VIPS.flatMap(serviceWith).map((one) => JSON.stringify(one))].join('\n---\n'))
  await site.serve()
  return site.kubeconfig
}

/** A Service that has the address, whose endpoint is on node-a. */
function serviceWith(ip: string, index: number): object[] {
  const name = `bench-${index}`
  const spec = { type: 'LoadBalancer', externalTrafficPolicy: 'Local', ipFamilies: ['IPv4'], ports: [{ port: 80 }] }
  const conditions = { ready: true, serving: true, terminating: false }
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 'default', creationTimestamp: '2026-03-01T12:00:00Z' },
      spec: { ...spec, clusterIPs: [`10.96.${index >> 8}.${index & 255}`], selector: { app: name } },
      status: { loadBalancer: { ingress: [{ ip, ipMode: 'VIP' }] } },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      addressType: 'IPv4',
      metadata: { name, namespace: 'default', labels: { 'kubernetes.io/service-name': name } },
      endpoints: [{ addresses: ['10.244.0.5'], nodeName: 'node-a', conditions }],
    },
  ]
}

async function storm(segment: Segment): Promise<Measured> {
  const watch = start(segment, ['--vip', VIPS[0]!, '--window', '5s'])
  const processes = new Processes(watch.pid!)
  await sleep(12_000)
  const before = processes.memory().once
  const flood = { kind: 'reply', mac: segment.host('node-a').mac, ip: '10.77.0.99' } as const
  const sending = sender({ ...flood, rate: STORM_RATE, count: STORM_RATE * STORM_SECONDS })
  const { stdout } = await segment.exec('node-a', sending)
  const [sent = 0, took = 0] = stdout.trim().split(' ').map(Number)
  await sleep(15_000)
  const text = await scrape(segment)
  const [heard, dropped] = [sample(text, 'l2doctor_arp_frames_total'), sample(text, 'l2doctor_frames_dropped_total')]
  const after = processes.memory().once
  await ended(watch)
  const silently = Math.max(0, sent - heard - dropped)
  return {
    what: `storm, ${STORM_RATE / 1000} k frames/s for ${STORM_SECONDS} s`,
    ours: `${Math.round(sent / took / 1000)} k/s: sent ${sent}, heard ${heard}, counted as dropped ${dropped}, lost silently ${silently}; ${Math.round(before)} MB before, ${Math.round(after)} after`,
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
