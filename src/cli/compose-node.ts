import { randomBytes } from 'node:crypto'
import { accessSync, constants } from 'node:fs'
import { hostname } from 'node:os'
import type { ClusterNode } from '../cluster/model.js'
import { CannotLook, type Gap } from '../known.js'
import type { Progress } from '../node/collect.js'
import type { HostRecord } from '../node/host.js'
import type { Transport } from '../node/transports/transport.js'
import type { AuditNodeAdapters } from '../workflows/audit-node.js'
import type { DiagnoseAdapters } from '../workflows/diagnose-request.js'
import type { HostTarget } from '../workflows/gathered.js'
import type { ClusterFlagValues } from './cluster-flags.js'
import { clusterReader } from './compose-cluster.js'
import { UsageError } from './exit-codes.js'
import { hostsOfFile, isHost, parseHosts } from './host-list.js'
import { liveLine } from './live-line.js'
import type { NodeFlagValues, SnapshotFlagValues } from './node-flags.js'
import { readFlagFile } from './read-text.js'
import type { Saves } from './saves.js'
import { isNode, parseImage } from './vantage-flags.js'

/** Adapters of everything that reads hosts; built, like all adapters, with lazy imports. */

export interface AuditNodeFlagValues extends NodeFlagValues, SnapshotFlagValues, ClusterFlagValues {
  readonly 'vantage-image'?: string | undefined
}

export async function composeAuditNode(
  hosts: readonly string[],
  flags: AuditNodeFlagValues,
  note: (text: string) => void,
  version: string,
  saves: Saves,
): Promise<AuditNodeAdapters> {
  const { save } = flags
  return {
    readHosts: hostReader(hosts, flags, note),
    save: save === undefined ? null : (records) => snapshotSaver(save, records, saves),
    redact: flags.redact ? await redaction() : null,
    workMs: flags.timeout * 1000,
    now: () => new Date(),
    version,
  }
}

async function snapshotSaver(folder: string, records: readonly HostRecord[], saves: Saves): Promise<void> {
  const { saveSnapshots } = await snapshotFiles()
  await saves.attempt(() => saveSnapshots(folder, records))
}

const snapshotFiles = () => import('../node/snapshot-files.js')

/** Reads saved hosts where some are named, live ones otherwise. */
export function hostReader(
  hosts: readonly string[],
  flags: AuditNodeFlagValues,
  note: (text: string) => void,
): AuditNodeAdapters['readHosts'] {
  const from = flags.from ?? []
  const live = hosts.length > 0 || flags.local || flags['all-nodes'] || flags['hosts-file'] !== undefined
  if (from.length > 0 && live) throw new UsageError('--from judges saved hosts; name either those or live ones')
  if (from.length > 0) return async () => (await snapshotFiles()).loadSnapshots(from)
  if (!live) throw new UsageError('no host named; give hosts, --hosts-file, --all-nodes, --local or --from')
  checkPods(hosts, flags)
  return async (interrupted) => {
    const { collectHosts } = await import('../node/collect.js')
    const { concurrency, become, timeout } = flags
    const limits = { concurrency, become, timeoutMs: timeout * 1000, signal: interrupted }
    const reached = await transports(hosts, flags, interrupted, note).catch(noHosts)
    if ('failure' in reached) return [reached]
    return collectHosts(reached, limits, progress(note))
  }
}

/** A cluster that would not name its nodes is one gap. */
function noHosts(error: unknown): HostRecord {
  if (!(error instanceof CannotLook)) throw error
  return { name: error.gap.subject, address: '', probes: {}, failure: error.gap }
}

async function transports(
  hosts: readonly string[],
  flags: AuditNodeFlagValues,
  interrupted: AbortSignal,
  note: (text: string) => void,
): Promise<Transport[]> {
  const toHost = await transportTo(flags)
  const { localTransport } = await import('../node/transports/local.js')
  const listed =
    flags['hosts-file'] === undefined ? [] : hostsOfFile(await readFlagFile('--hosts-file', flags['hosts-file']))
  const all = parseHosts([...hosts, ...listed])
  const named = all.filter((host) => !host.startsWith(IN_POD)).map((host) => ({ name: host, address: host }))
  const inPods = all.filter((host) => host.startsWith(IN_POD)).map((host) => host.slice(IN_POD.length))
  const nodes = flags['all-nodes'] ? await clusterNodes(flags, interrupted) : []
  return [
    ...(flags.local ? [localTransport(hostname())] : []),
    ...[...named, ...nodes].map(toHost),
    ...(await podTransports(inPods, flags, note)),
  ]
}

/** A node that is read in a pod on it, as `--at` names it. */
const IN_POD = 'pod:'

/** Throws UsageError. */
function checkPods(hosts: readonly string[], flags: AuditNodeFlagValues): void {
  for (const host of hosts.filter((one) => one.startsWith(IN_POD))) {
    if (!isNode(host.slice(IN_POD.length))) throw new UsageError(`${host}: not the name of a node; write pod:NODE`)
    parseImage(flags['vantage-image'], host)
  }
}

async function podTransports(
  nodes: readonly string[],
  flags: AuditNodeFlagValues,
  note: (text: string) => void,
): Promise<Transport[]> {
  if (nodes.length === 0) return []
  const { composePods } = await import('./compose-pods.js')
  const { podTransport } = await import('../workflows/vantage/pod-transport.js')
  const runner = composePods(flags, [])
  const left = ({ subject, reason, hint }: Gap) => note(`${subject}: ${reason}; ${hint}`)
  return nodes.map((node) => podTransport(node, runner, left))
}

/** By ssh; a host that ssh may not be given, as a cluster could name one, is a failure of its own. */
async function transportTo(flags: SshFlagValues): Promise<(host: HostTarget) => Transport> {
  const { sshTransport } = await import('../node/transports/ssh.js')
  const { refusedTransport } = await import('../node/transports/refused.js')
  const options = sshOptions(flags)
  return ({ name, address }) =>
    isHost(address) ? sshTransport(name, address, options) : refusedTransport(name, address)
}

/** Reads hosts by name and address over ssh, as `diagnose` finds out that they matter. */
export function targetReader(
  flags: SshFlagValues,
  note: (text: string) => void,
): NonNullable<DiagnoseAdapters['readHosts']> {
  return async (targets, interrupted) => {
    const { collectHosts } = await import('../node/collect.js')
    const toHost = await transportTo(flags)
    const { concurrency, become, timeout } = flags
    const limits = { concurrency, become, timeoutMs: timeout * 1000, signal: interrupted }
    return collectHosts(targets.map(toHost), limits, progress(note))
  }
}

export type SshFlagValues = Omit<NodeFlagValues, 'hosts-file' | 'all-nodes' | 'local' | 'address-type'>

/** How ssh is called. Throws UsageError for a key file that cannot be read. */
export function sshOptions(
  flags: Pick<SshFlagValues, 'user' | 'port' | 'identity' | 'ssh-option' | 'connect-timeout'>,
) {
  return {
    user: flags.user ?? null,
    port: flags.port ?? null,
    identity: flags.identity === undefined ? null : readableKey(flags.identity),
    options: flags['ssh-option'] ?? [],
    connectTimeoutSeconds: flags['connect-timeout'],
  }
}

/** ssh only warns of a key file that is not there, and the host then refuses us: as if the key were wrong. */
function readableKey(file: string): string {
  try {
    accessSync(file, constants.R_OK)
    return file
  } catch (cause) {
    throw new UsageError(`--identity ${file}: cannot read the key file: ${(cause as Error).message}`, { cause })
  }
}

/** On a terminal a line that counts, and a line that stays for each host that could not be read; elsewhere a line for each. */
function progress(note: (text: string) => void): Progress {
  return (record, done, total) => {
    const failed = record.failure?.reason
    if (failed !== undefined || !liveLine.seen) note(`[${done}/${total}] ${record.name}: ${failed ?? 'read'}`)
    if (done < total) liveLine.show(`hosts: ${done} of ${total} read`)
    else liveLine.clear()
  }
}

/** Name and address of every node of the cluster; one without an address of that type is called by its name. */
async function clusterNodes(flags: AuditNodeFlagValues, interrupted: AbortSignal) {
  const { nodes } = await clusterReader(flags)(interrupted)
  if (!nodes.known) throw new CannotLook(nodes.gap)
  return nodes.value.map((node) => ({ name: node.name, address: addressOf(node, flags['address-type']) ?? node.name }))
}

function addressOf(
  { internalIPs, externalIPs }: ClusterNode,
  type: NodeFlagValues['address-type'],
): string | undefined {
  return type === 'InternalIP' ? internalIPs[0] : type === 'ExternalIP' ? externalIPs[0] : undefined
}

async function redaction(): Promise<NonNullable<AuditNodeAdapters['redact']>> {
  const { redactingHosts } = await import('../workflows/redact-hosts.js')
  return (asked) => redactingHosts(asked, randomBytes(32))
}
