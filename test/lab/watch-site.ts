import { type ChildProcess, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { onTestFinished } from 'vitest'
import { buildSegment, type Segment } from '../../src/lab/segment.js'
import type { StandInEvent } from '../cluster/stand-in/events.js'

/** By its hash node-c announces .240, and node-b, which alone has an endpoint, .241. */
export const [WEB, API, OTHER] = ['10.77.0.240', '10.77.0.241', '10.77.0.245']
const SERVE_API = resolve('dist/test/lab/serve-api.js')
/** Of a watch on the client, and of one on node-c. */
export const [LISTEN, LISTEN_C] = ['10.77.0.100:9797', '10.77.0.13:9797']

/** Three nodes that announce as their cluster says, and its API beside the watch. */
export class Site {
  readonly segment: Segment
  readonly objects: string
  readonly kubeconfig: string
  private api: ChildProcess | null = null

  constructor(segment: Segment) {
    this.segment = segment
    this.objects = join(segment.directory('client'), 'cluster.yaml')
    this.kubeconfig = join(segment.directory('client'), 'kubeconfig')
    this.write((text) => text)
  }

  write(edit: (text: string) => string): void {
    const text = readFileSync('fixtures/clusters/metallb-three-nodes/cluster.yaml', 'utf8')
    writeFileSync(this.objects, edit(text.replaceAll('address: 10.0.0.', 'address: 10.77.0.')))
  }

  async serve(): Promise<void> {
    const argv = [process.execPath, SERVE_API, this.objects, this.kubeconfig, this.segment.host('client').address]
    this.api = this.segment.spawn('client', argv, { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(this.api.stdout!, 'data')
  }

  reload(): void {
    this.api?.kill('SIGHUP')
  }

  async stop(): Promise<void> {
    this.api?.kill('SIGKILL')
    if (this.api) await once(this.api, 'close')
  }

  address(host: string, verb: 'add' | 'del', ip: string): void {
    execFileSync('ip', ['-n', this.segment.host(host).namespace, 'addr', verb, `${ip}/32`, 'dev', 'eth0'])
  }

  async metrics(of: string = LISTEN, host = 'node-a'): Promise<string> {
    const get = `fetch('http://${of}/metrics').then((page) => page.text()).then((text) => process.stdout.write(text))`
    return (await this.segment.exec(host, [process.execPath, '-e', get])).stdout
  }

  /** Those that the stand-in for Events has of a namespace. */
  async events(namespace: string): Promise<readonly StandInEvent[]> {
    const [server] = /https:[^\s"']+/.exec(readFileSync(this.kubeconfig, 'utf8')) ?? []
    const url = `${server}/apis/events.k8s.io/v1/namespaces/${namespace}/events`
    const get = `fetch('${url}', {headers: {authorization: 'Bearer secret-token'}}).then((page) => page.text()).then((text) => process.stdout.write(text))`
    const argv = ['env', 'NODE_TLS_REJECT_UNAUTHORIZED=0', process.execPath, '-e', get]
    return (JSON.parse((await this.segment.exec('client', argv)).stdout) as { items: StandInEvent[] }).items
  }
}

export async function buildSite(finished: typeof onTestFinished): Promise<Site> {
  const vips: Record<string, readonly string[]> = { 'node-a': [], 'node-b': [API], 'node-c': [WEB] }
  const segment = await buildSegment({ hosts: Object.entries(vips).map(([name, own]) => ({ name, vips: own })) })
  finished(() => segment.remove())
  const site = new Site(segment)
  await site.serve()
  return site
}
