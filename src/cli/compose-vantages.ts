import type { NetworkInterface } from '../capture/interfaces.js'
import type { PodRunner } from '../cluster/pods/runner.js'
import type { HostTarget } from '../workflows/gathered.js'
import type { Look } from '../workflows/look.js'
import type { LiveRequest } from '../workflows/look-live.js'
import type { Vantage } from '../workflows/vantage/see-all.js'
import type { ClusterFlagValues } from './cluster-flags.js'
import { type SshFlagValues, sshOptions } from './compose-node.js'
import { composePods } from './compose-pods.js'
import { isHost } from './host-list.js'
import { labelOf, type VantageSpec } from './vantage-flags.js'

/** The flags that say how a host is reached. */
export type ReachFlags = Pick<
  SshFlagValues,
  'user' | 'port' | 'identity' | 'ssh-option' | 'connect-timeout' | 'become' | 'timeout'
> &
  ClusterFlagValues & { readonly 'vantage-image'?: string | undefined }

export interface VantageOptions {
  readonly flags: ReachFlags
  /** Null: all that is named is files. */
  readonly live: LiveRequest | null
  /** Where a host is reached: a node of the cluster by its address. */
  readonly targetOf: (name: string) => HostTarget
  /** Where pods with rights over the network of their node are at home. */
  readonly namespaces: readonly string[]
  readonly note: (text: string) => void
  readonly lookLocal: (request: LiveRequest) => Promise<Look>
  readonly lookIntoFile: (path: string) => Promise<Look>
}

/** What it takes of a host beside the connection, ms. */
const START_MS = 10_000

/** The places of `--at`, each to be opened when it is looked from. */
export function composeVantages(specs: readonly VantageSpec[], options: VantageOptions): Vantage[] {
  const { lookLocal, lookIntoFile } = options
  const pods = specs.some(({ kind }) => kind === 'pod') ? composePods(options.flags, options.namespaces) : null
  const live = sharedOut(options.live, specs.filter(({ kind }) => kind !== 'file').length)
  return specs.map((spec) => {
    const { kind } = spec
    const name = labelOf(spec)
    if (kind === 'file') return { name, kind, open: async () => named(await lookIntoFile(spec.file), name) }
    const request = requestAt(live!, spec.interface)
    if (kind === 'pod') return { name, kind, open: (end) => lookInside(spec.name, pods!, request, options, end) }
    if (kind === 'local') return { name, kind, open: () => lookLocal(request) }
    return { name, kind, open: (interrupted) => lookOver(spec.name, request, options, interrupted) }
  })
}

/** All places together ask no faster than one would: a switch that limits ARP counts them all. */
function sharedOut(live: LiveRequest | null, places: number): LiveRequest | null {
  if (!live?.plan || places < 2) return live
  return { ...live, plan: { ...live.plan, framesPerSecond: live.plan.framesPerSecond / places } }
}

/** Of a file that others recorded only the host is known. */
function named(look: Look, at: string): Look {
  return { ...look, own: { ...look.own, at } }
}

function requestAt(live: LiveRequest, device: NetworkInterface['name'] | undefined): LiveRequest {
  return device === undefined ? live : { ...live, capture: { ...live.capture, interface: device } }
}

async function lookInside(
  node: string,
  runner: PodRunner,
  request: LiveRequest,
  { flags, note }: VantageOptions,
  interrupted: AbortSignal,
): Promise<Look> {
  const { lookInPod } = await import('../workflows/vantage/look-in-pod.js')
  const place = { node, runner, timeoutMs: flags.timeout * 1000, now: () => Date.now() / 1000 }
  return lookInPod(place, request, note, interrupted)
}

async function lookOver(
  host: string,
  request: LiveRequest,
  { flags, targetOf, note }: VantageOptions,
  interrupted: AbortSignal,
): Promise<Look> {
  const { sshArguments, sshTransport } = await import('../node/transports/ssh.js')
  const { refusedTransport } = await import('../node/transports/refused.js')
  const { guardGroup } = await import('../node/transports/guard.js')
  const { lookThere } = await import('../workflows/vantage/look-there.js')
  const { name, address } = targetOf(host)
  const ssh = sshOptions(flags)
  const place = {
    transport: isHost(address) ? sshTransport(name, address, ssh) : refusedTransport(name, address),
    command: ['ssh', ...sshArguments(address, ssh)],
    become: flags.become,
    timeoutMs: flags.timeout * 1000,
    startMs: flags['connect-timeout'] * 1000 + START_MS,
    guard: guardGroup,
    now: () => Date.now() / 1000,
  }
  return lookThere(place, request, note, interrupted)
}
