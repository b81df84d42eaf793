import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MOST_LINKS } from '../../src/node/parse/links.js'
import { writeSnapshot } from '../../src/node/snapshot.js'
import { packageFile } from '../../src/package-file.js'
import type { KubeObject } from '../cluster/api-selectors.js'
import { traceToPcap } from '../trace.js'
import { clusterObjects } from './cluster-objects.js'
import { crowdedHost } from './crowded-host.js'
import { type Measured, median, milliseconds } from './measured.js'
import { TELL_MEMORY } from './tell-memory.js'

const LINKS = [10_000, 20_000, MOST_LINKS] as const
/** More than is read of one host: a gap, for little. */
const TOO_MANY_LINKS = 100_000
/** Addresses that one machine asks for in vain, and as many that answer it. */
const IN_VAIN = [500, 1000, 2000] as const
const ANNOTATION = [250_000, 500_000, 1_000_000] as const
const TRIES = 3
/** What the largest of each may take. */
const MOST = { ms: 3000, megabytes: 500, timesClean: 1.5 } as const

interface Run {
  readonly ms: number
  readonly megabytes: number
}

/** What somebody who may write on one host or into one object can cost the rest: time and memory grow with the size, no faster. */
export async function* measure(): AsyncGenerator<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'l2doctor-hostile-'))
  try {
    yield* sizes('a host of links', LINKS, (size) => auditHost(folder, size))
    const { ms, megabytes } = auditHost(folder, TOO_MANY_LINKS)
    yield {
      what: `a host of links, ${TOO_MANY_LINKS / 1000} k (not read)`,
      ours: `${told(ms, megabytes)}; ${limits({ ms, megabytes })}`,
    }
    yield* sizes('a capture of addresses asked for in vain', IN_VAIN, (size) => scanInVain(folder, size))
    yield* sizes('an annotation of bytes', ANNOTATION, (size) => auditCluster(folder, annotated(size)))
    yield cluster(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function* sizes(what: string, all: readonly number[], run: (size: number) => Run): Generator<Measured> {
  const runs = all.map((size) => ({ size, ...run(size) }))
  for (const { size, ms, megabytes } of runs) yield { what: `${what}, ${size / 1000} k`, ours: told(ms, megabytes) }
  const [small, large] = [runs[0]!, runs.at(-1)!]
  const slope = Math.log(large.ms / small.ms) / Math.log(large.size / small.size)
  yield { what: `${what}, slope`, ours: `time ~ size^${slope.toFixed(2)} (1 is linear); ${limits(large)}` }
}

function limits({ ms, megabytes }: Run): string {
  const held = ms <= MOST.ms && megabytes <= MOST.megabytes
  return `${MOST.ms / 1000} s and ${MOST.megabytes} MB: ${held ? 'held' : 'NOT held'}`
}

/** The clean and the hostile one in turns, so that a drift of the machine favours neither. */
function cluster(folder: string): Measured {
  const clean = clusterObjects()
  const files = {
    clean: save(folder, 'clean', clean),
    hostile: save(folder, 'hostile', [...clean, ...annotated(1_000_000)]),
  }
  const times = { clean: [] as number[], hostile: [] as number[] }
  for (let turn = 0; turn < TRIES; turn++) {
    for (const kind of ['clean', 'hostile'] as const)
      times[kind].push(audit('audit-cluster', '--cluster-from', files[kind]).ms)
  }
  const ratio = median(times.hostile) / median(times.clean)
  const held = ratio <= MOST.timesClean ? 'held' : 'NOT held'
  return {
    what: 'a cluster of 5,000 nodes with such objects',
    ours: `${milliseconds(median(times.hostile))}, ${ratio.toFixed(2)} x the clean one; ${MOST.timesClean} x: ${held}`,
    peer: `${milliseconds(median(times.clean))} the clean one`,
  }
}

function auditHost(folder: string, links: number): Run {
  const file = join(folder, `host-${links}.json`)
  writeFileSync(file, writeSnapshot(crowdedHost(links)))
  return best(() => audit('audit-node', '--from', file, '--vip', '10.0.0.240'))
}

/** Each silent one is asked for eight times in a row, and each other one sixty times. */
function scanInVain(folder: string, count: number): Run {
  const file = join(folder, `in-vain-${count}.pcap`)
  const at = (net: number, index: number) => `10.${net}.${index >> 8}.${index & 255}`
  const lines = Array.from({ length: count }, (_, index) => {
    const [begin, station] = [index / count, `${(0x10 + (index % 50)).toString(16)}/${at(2, index)}`]
    return `${begin} ask 01/10.0.0.1 -> ${at(1, index)} repeat 8 every 1
      ${begin / 4} ask 01/10.0.0.1 -> ${at(2, index)} repeat 60 every 0.5
      ${begin / 4 + 0.0005} answer ${station} -> 01/10.0.0.1 repeat 60 every 0.5`
  })
  writeFileSync(file, traceToPcap(lines.join('\n')))
  return best(() => audit('scan', '--read', file, '--no-kube', '--vip', `${at(1, 0)}-${at(1, count - 1)}`))
}

function auditCluster(folder: string, objects: readonly KubeObject[]): Run {
  const file = save(folder, 'objects', objects)
  return best(() => audit('audit-cluster', '--cluster-from', file))
}

function save(folder: string, name: string, items: readonly KubeObject[]): string {
  const file = join(folder, `${name}.json`)
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }))
  return file
}

/** A Service whose annotation is quoted in a finding, an event and a node condition of the same text: line ends, quotes, colons. */
function annotated(bytes: number): KubeObject[] {
  const text = '\n ::"'.repeat(bytes / 4)
  const metadata = { namespace: 'hostile', name: 'service' }
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { ...metadata, annotations: { 'kube-vip.io/vipHost': text } },
      spec: { type: 'LoadBalancer', clusterIPs: ['10.96.255.1'] },
      status: { loadBalancer: { ingress: [{ ip: '10.51.0.1', ports: [{ port: 80, protocol: 'TCP' }] }] } },
    },
    {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { namespace: 'hostile', name: 'service.1' },
      involvedObject: { kind: 'Service', ...metadata },
      reason: 'nodeAssigned',
      message: `announcing from node "${text}" with protocol "layer2"`,
      lastTimestamp: '2026-03-01T12:00:00Z',
    },
    {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'hostile', labels: {} },
      status: { conditions: [{ type: 'NetworkUnavailable', status: 'True', reason: 'x', message: text }] },
    },
  ]
}

function best(run: () => Run): Run {
  return Array.from({ length: TRIES }, run).reduce((a, b) => (b.ms < a.ms ? b : a))
}

/** In all its forms but the printed one, which is bounded by its own means, JSON is the largest. */
function audit(...argv: readonly string[]): Run {
  const preload = `data:text/javascript,${encodeURIComponent(TELL_MEMORY)}`
  const line = ['--import', preload, packageFile('bin/run.js'), ...argv, '--json', '--fail-on', 'never', '--quiet']
  const start = performance.now()
  const run = spawnSync(process.execPath, line, { stdio: ['ignore', 'ignore', 'inherit', 'pipe'] })
  const ms = performance.now() - start
  if (run.status !== 0 && run.status !== 3) throw new Error(`${argv[0]} ended with code ${run.status ?? run.signal}`)
  return { ms, megabytes: Math.round((Number(run.output[3]) * 1024) / 1e6) }
}

function told(ms: number, megabytes: number): string {
  return `${milliseconds(ms)}, ${megabytes} MB resident`
}
