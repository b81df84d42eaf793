import { type ChildProcess, execFile, type SpawnOptions, spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Host, SegmentSpec } from './model.js'
import { type Plan, plan } from './plan.js'
import { claimFolder, directoryOf, guard, remove, removeLeftovers } from './removal.js'
import { buildScript } from './script.js'

/** How a command in a host ended. */
export interface Done {
  /** Null when a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  readonly input?: string
  readonly timeoutMs?: number
}

/** One L2 segment that stands until `remove` is called or this process ends. */
export interface Segment {
  /** Unique on this machine: `l2d-<pid>-<n>`. */
  readonly name: string
  /** Client first. */
  readonly hosts: readonly Host[]
  /** Throws when there is no host of that name. */
  host(name: string): Host
  /** Runs a command in a host to its end; a non-zero exit is a result, not an error. */
  exec(host: string, argv: readonly string[], options?: RunOptions): Promise<Done>
  /** Starts a command in a host; it is killed with the segment. */
  spawn(host: string, argv: readonly string[], options?: SpawnOptions): ChildProcess
  /** Starts `sh -ec` outside the hosts with $NAME of each host in the environment as its namespace (dashes as underscores). */
  script(lines: readonly string[]): ChildProcess
  /** A folder for one host's files (keys, configurations), removed with the segment. */
  directory(host: string): string
  /** Removes namespaces, links, processes and folders; may be called twice. */
  remove(): void
}

/** Builds a segment as root in about 0.1 s. Throws, with everything removed again, when the kernel refuses a part. */
export async function buildSegment(spec: SegmentSpec): Promise<Segment> {
  removeLeftovers()
  const name = claimName()
  const children = new Set<ChildProcess>()
  const remains = { name, stop: () => stopAll(children) }
  guard(remains)
  try {
    const planned = plan(name, spec)
    await execute(planned)
    return segmentOf(planned, children, () => remove(remains))
  } catch (error) {
    remove(remains)
    throw error
  }
}

async function execute(planned: Plan): Promise<void> {
  const { code, stderr } = await run('sh', ['-e'], { input: buildScript(planned) })
  if (code !== 0) throw new Error(`lab: cannot build ${planned.name}: ${stderr.trim()}`)
}

function segmentOf({ name, hosts }: Plan, children: Set<ChildProcess>, removeAll: () => void): Segment {
  const host = (wanted: string) => find(hosts, wanted)
  const inside = (wanted: string, argv: readonly string[]) => ['netns', 'exec', host(wanted).namespace, ...argv]
  const start = (file: string, argv: readonly string[], options: SpawnOptions) => {
    const child = spawn(file, argv, options)
    children.add(child)
    child.once('exit', () => children.delete(child))
    return child
  }
  const scriptOptions: SpawnOptions = { env: { ...process.env, ...variables(hosts) }, stdio: 'ignore' }
  return {
    name,
    hosts,
    host,
    exec: (wanted, argv, options = {}) => run('ip', inside(wanted, argv), options),
    spawn: (wanted, argv, options = {}) => start('ip', inside(wanted, argv), options),
    script: (lines) => start('sh', ['-ec', lines.join('\n')], scriptOptions),
    directory: (wanted) => folder(name, host(wanted)),
    remove: removeAll,
  }
}

/** The first free `l2d-<pid>-<n>`, made ours by its folder: a module loaded twice in one process must not clash. */
function claimName(): string {
  for (let n = 1; ; n++) {
    const name = `l2d-${process.pid}-${n}`
    if (claimFolder(name)) return name
  }
}

function find(hosts: readonly Host[], name: string): Host {
  const host = hosts.find((one) => one.name === name)
  if (!host) throw new Error(`lab: no host "${name}", only ${hosts.map((one) => one.name).join(', ')}`)
  return host
}

function variables(hosts: readonly Host[]): Record<string, string> {
  return Object.fromEntries(hosts.map((host) => [host.name.replaceAll('-', '_').toUpperCase(), host.namespace]))
}

function folder(segment: string, host: Host): string {
  const path = join(directoryOf(segment), host.name)
  mkdirSync(path, { recursive: true, mode: 0o700 })
  return path
}

function stopAll(children: ReadonlySet<ChildProcess>): void {
  for (const child of children) child.kill('SIGKILL')
}

function run(file: string, argv: readonly string[], options: RunOptions): Promise<Done> {
  const { input = '', timeoutMs = 0, ...rest } = options
  return new Promise((resolve) => {
    const limits = { timeout: timeoutMs, maxBuffer: 1 << 28 }
    const child = execFile(file, argv, { ...rest, ...limits }, (error, stdout, stderr) => {
      const code = child.exitCode
      resolve({
        code,
        signal: child.signalCode,
        stdout,
        stderr: code === null && error ? `${stderr}${error.message}` : stderr,
      })
    })
    child.stdin?.on('error', () => {}) // a command that ends without reading its input is not an error
    child.stdin?.end(input)
  })
}
