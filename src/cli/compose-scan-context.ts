import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { ClusterView } from '../facts/cluster-view.js'
import { CannotLook, type Known } from '../known.js'
import { formatIpv4, type Ipv4 } from '../wire/ipv4.js'
import type { ScanContext } from '../workflows/scan.js'
import { type ScanTargets, targetsFor, vipsOfCluster, vipsOfService } from '../workflows/scan-targets.js'
import type { AttributionFlagValues, ClusterFlagValues } from './cluster-flags.js'
import { clusterReader, macOwners } from './compose-cluster.js'
import { UsageError } from './exit-codes.js'

/** A cluster that nobody asked for must not hold the scan up. */
const UNASKED_TIMEOUT_S = 3
const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount/token'

export interface ScanContextFlags extends ClusterFlagValues, AttributionFlagValues {
  /** Undefined: as circumstances have it. */
  readonly kube?: boolean | undefined
  readonly all: boolean
  /** `namespace/name` of Services whose VIPs are meant too. */
  readonly service?: readonly string[] | undefined
  readonly read?: string | undefined
}

/**
 * What a scan knows besides the wire, and whom it therefore asks. `read`: the cluster, where it was read already. One that
 * was interrupted before the addresses were known asks nobody.
 */
export async function scanContext(
  flags: ScanContextFlags,
  asked: readonly Ipv4[],
  interrupted: AbortSignal,
  read?: Known<ClusterView> | null,
): Promise<{ readonly context: ScanContext; readonly targets: ScanTargets }> {
  const owners = await macOwners(flags)
  const view = read === undefined ? await viewFor(flags, asked, interrupted) : read
  if (!view?.known) {
    const needing = interrupted.aborted ? null : flags.all ? '--all' : flags.service ? '--service' : null
    if (needing && view) throw new CannotLook(view.gap)
    if (needing) throw new UsageError(`${needing} needs the cluster: remove --no-kube`)
    const bystanders = owners.map(({ mac }) => mac)
    return { context: { view, owners, gaps: [] }, targets: { vips: asked, neighbours: [], bystanders } }
  }
  const { gaps, ...targets } = targetsFor(vipsMeant(flags, asked, view.value, interrupted), view.value, owners)
  return { context: { view, owners, gaps }, targets }
}

function vipsMeant(
  { all, service = [] }: ScanContextFlags,
  asked: readonly Ipv4[],
  view: ClusterView,
  { aborted }: AbortSignal,
): Ipv4[] {
  if (all) return vipsOfCluster(view)
  const served = service.flatMap((name) => {
    const vips = vipsOfService(view, name)
    if (vips.length === 0 && !aborted)
      throw new UsageError(`--service ${name}: no such Service, or it has no IPv4 VIP; see \`l2doctor who\``)
    return vips
  })
  return [...new Set([...asked, ...served])]
}

/** Null when the cluster was not to be read, or has nothing to do with the addresses and nobody asked for it. */
async function viewFor(
  flags: ScanContextFlags,
  asked: readonly Ipv4[],
  interrupted: AbortSignal,
): Promise<Known<ClusterView> | null> {
  const wanted = flags.kube ?? (flags.all || flags.service !== undefined || namesCluster(flags))
  if (flags.kube === false || !(wanted || (flags.read === undefined && isKubeconfigThere(process.env)))) return null
  const { readView } = await import('../workflows/read-view.js')
  const timeout = wanted ? flags['kube-timeout'] : Math.min(flags['kube-timeout'], UNASKED_TIMEOUT_S)
  const alone = flags.all || flags.service ? [] : asked
  const view = await readView(clusterReader({ ...flags, 'kube-timeout': timeout }), interrupted, alone.map(formatIpv4))
  if (wanted || !view.known) return view
  const { expected } = view.value
  return asked.some((ip) => expected.has(formatIpv4(ip))) ? view : null
}

function namesCluster({ kubeconfig, context, 'cluster-from': files }: ClusterFlagValues): boolean {
  return kubeconfig !== undefined || context !== undefined || files !== undefined
}

/** Where the client looks, without the second that loading the client takes. */
export function isKubeconfigThere({ KUBECONFIG }: NodeJS.ProcessEnv): boolean {
  return Boolean(KUBECONFIG) || existsSync(join(homedir(), '.kube', 'config')) || existsSync(SERVICE_ACCOUNT)
}
