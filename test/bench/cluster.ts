/** What audit-cluster costs on 5,000 nodes, 10,000 Services and 20,000 slices. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { ClusterCost } from './cluster-run.js'
import { type Measured, milliseconds } from './measured.js'

export interface ClusterFigures {
  readonly decode: ClusterCost
  readonly audit: ClusterCost
  /** CPU of the audit less that of connection, TLS and JSON decoding. */
  readonly ownCpuMs: number
}

/** The budget of the figures. */
export const CLUSTER_BUDGET = { ownCpuMs: 3000, maxRssMiB: 400 } as const

/** Starts the API server, measures both runs in processes of their own, and stops it. */
export async function measureCluster(): Promise<ClusterFigures> {
  const server = spawn(process.execPath, [beside('cluster-server.js')], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const kubeconfig = await firstLine(server)
    const decode = await run('decode', kubeconfig)
    const audit = await run('audit', kubeconfig)
    return { decode, audit, ownCpuMs: audit.cpuMs - decode.cpuMs }
  } finally {
    server.kill('SIGTERM')
  }
}

async function run(mode: string, kubeconfig: string): Promise<ClusterCost> {
  const { stdout } = await promisify(execFile)(process.execPath, [beside('cluster-run.js'), mode, kubeconfig])
  return JSON.parse(stdout)
}

async function firstLine(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout! })) return line
  throw new Error('the API server of the bench ended before it was ready')
}

function beside(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url))
}

/** The part of `npm run bench`. The peer is the client's own decoding of the same lists, which the budget leaves out. */
export async function* measure(): AsyncGenerator<Measured> {
  const { decode, audit, ownCpuMs } = await measureCluster()
  const { ownCpuMs: cpu, maxRssMiB: memory } = CLUSTER_BUDGET
  yield {
    what: 'audit-cluster, 5,000 nodes, 10,000 Services',
    ours: `${milliseconds(ownCpuMs)} of our own CPU (at most ${milliseconds(cpu)}), ${audit.maxRssMiB} MiB (at most ${memory})`,
    peer: `connecting, TLS and decoding alone: ${milliseconds(decode.cpuMs)} of CPU`,
  }
}
