import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { NodeSide, StandInPod } from '../cluster/stand-in/pods-api.js'

/** The programs that an image is said to have, of those that listen and send; any other image cannot be pulled. */
export type Images = Readonly<Record<string, readonly string[]>>

/** What befalls the pods of a node. */
export type Fate = 'never-starts' | 'evicts' | 'cuts-log' | 'no-memory'

export interface StandInNodeOptions {
  readonly images: Images
  /** The network namespace of a node. */
  readonly namespaceOf: (node: string) => string
  readonly fates?: Readonly<Record<string, Fate>>
  /** Of a node whose copy of the image has other programs. */
  readonly tools?: Readonly<Record<string, readonly string[]>>
  /** Shell lines that run as root before a container does: what is particular about its node. */
  readonly setup?: Readonly<Record<string, string>>
}

const TOOLS = ['tcpdump', 'perl', 'python3', 'socat']
/** A kubelet looks at its pods every so often. */
const START_MS = 150

/**
 * Stands in for kubelet and container runtime: runs the container's command in its node's network namespace, in process and mount
 * namespaces of its own, as its uid, with its capabilities only, on a file system that it cannot write, and ends it at its deadline. Its
 * "image" is this machine's file system without the programs that the image lacks, and with an os-release of its own.
 */
export class StandInNode implements NodeSide {
  private readonly options: StandInNodeOptions
  private readonly running = new Map<StandInPod, ChildProcess>()
  private readonly deadlines = new Map<StandInPod, () => void>()
  private readonly timers = new Set<NodeJS.Timeout>()

  constructor(options: StandInNodeOptions) {
    this.options = options
  }

  start(pod: StandInPod): void {
    const { nodeName, containers } = pod.spec
    const { image } = containers[0]!
    const fate = this.options.fates?.[nodeName]
    const tools = this.options.images[image] && (this.options.tools?.[nodeName] ?? this.options.images[image])
    if (fate === 'never-starts') return
    if (fate === 'no-memory')
      this.refuse(pod, 'OutOfmemory', "Pod was rejected: Node didn't have enough resource: memory")
    else if (tools === undefined) this.waits(pod, 'ImagePullBackOff', `Back-off pulling image "${image}"`)
    else this.after(START_MS, () => this.run(pod, tools, fate))
  }

  async stop(pod: StandInPod): Promise<void> {
    pod.isStopped = true
    const child = this.running.get(pod)
    if (child === undefined) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }

  /** Of all containers that run now, their processes outside their own namespace. */
  pids(): number[] {
    return [...this.running.values()].flatMap(({ pid }) => pid ?? [])
  }

  /** As if the deadline of a container that runs had come. */
  passDeadline(pod: StandInPod): void {
    this.deadlines.get(pod)?.()
  }

  close(): void {
    for (const timer of this.timers) clearTimeout(timer)
    for (const child of this.running.values()) child.kill('SIGKILL')
  }

  private run(pod: StandInPod, tools: readonly string[], fate: Fate | undefined): void {
    if (pod.isStopped) return
    const { nodeName, containers, activeDeadlineSeconds } = pod.spec
    const { command, securityContext } = containers[0]!
    const { add, drop } = securityContext.capabilities
    if (drop.join() !== 'ALL') throw new Error('stand-in: only containers that drop all capabilities are run')
    const bounding = ['-all', ...add.map((one) => `+${one.toLowerCase()}`)].join()
    const inside = [
      ...['setpriv', '--reuid', String(securityContext.runAsUser), '--bounding-set', bounding, '--inh-caps', '-all'],
      ...[
        '--no-new-privs',
        'env',
        '-i',
        'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        ...command,
      ],
    ]
    const child = spawn(
      'ip',
      [
        ...['netns', 'exec', this.options.namespaceOf(nodeName)],
        ...['unshare', '--pid', '--fork', '--kill-child', '--mount', '--mount-proc'],
        ...['sh', '-c', this.mounts(tools, nodeName), 'sh', ...inside],
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    )
    this.running.set(pod, child)
    pod.status = { ...pod.status, phase: 'Running' }
    const take = (chunk: Buffer) => {
      if (fate === 'cuts-log' && pod.log.length > 400) return
      pod.log = Buffer.concat([pod.log, chunk])
      for (const more of pod.followers) more()
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    const end = (reason: string, message: string) => {
      pod.status = { ...pod.status, reason, message }
      child.kill('SIGKILL')
    }
    const deadline = () => end('DeadlineExceeded', 'Pod was active on the node longer than the specified deadline')
    this.deadlines.set(pod, deadline)
    this.after(activeDeadlineSeconds * 1000, deadline)
    if (fate === 'evicts') this.after(1200, () => end('Evicted', 'The node was low on resource: ephemeral-storage.'))
    child.once('close', (code) => this.ended(pod, code ?? 137))
  }

  private ended(pod: StandInPod, exitCode: number): void {
    this.running.delete(pod)
    const hasFailed = exitCode !== 0 || pod.status['reason'] !== undefined
    const state = { terminated: { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error' } }
    pod.status = {
      ...pod.status,
      phase: hasFailed ? 'Failed' : 'Succeeded',
      containerStatuses: [{ name: 'look', state }],
    }
    pod.hasEnded = true
    for (const more of pod.followers) more()
  }

  private mounts(tools: readonly string[], node: string): string {
    const hidden = TOOLS.filter((one) => !tools.includes(one)).flatMap((one) =>
      ['/usr/local/bin', '/usr/bin', '/usr/sbin'].map(
        (folder) => `[ ! -e ${folder}/${one} ] || mount --bind /mnt/none ${folder}/${one}`,
      ),
    )
    return [
      'set -e; mount --make-rprivate /; mount -t tmpfs none /mnt; touch /mnt/none',
      'printf \'ID=image\\nVERSION_ID=1\\nPRETTY_NAME="The image, not the node"\\n\' >/mnt/os-release',
      'mount --bind /mnt/os-release "$(readlink -f /etc/os-release)"',
      ...hidden,
      this.options.setup?.[node] ?? ':',
      'mount --bind / /; mount -o remount,bind,ro /; mount -o remount,ro /mnt',
      'exec "$@"',
    ].join('\n')
  }

  private waits(pod: StandInPod, reason: string, message: string): void {
    pod.status = { ...pod.status, containerStatuses: [{ name: 'look', state: { waiting: { reason, message } } }] }
  }

  private refuse(pod: StandInPod, reason: string, message: string): void {
    pod.status = { phase: 'Failed', reason, message }
    pod.hasEnded = true
  }

  private after(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer)
      act()
    }, ms)
    this.timers.add(timer)
  }
}
