import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { ClusterView } from '../facts/cluster-view.js'
import type { Known } from '../known.js'
import { formatIpv4, type Ipv4 } from '../wire/ipv4.js'
import type { ScanContext } from '../workflows/scan.js'
import type { ScanTargets } from '../workflows/scan-targets.js'
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
  readonly read?: string | undefined
}

/** What a scan knows besides the wire, and whom it therefore asks. */
export async function scanContext(
  flags: ScanContextFlags,
  asked: readonly Ipv4[],
  interrupted: AbortSignal,
): Promise<{ readonly context: ScanContext; readonly targets: ScanTargets }> {
  const owners = await macOwners(flags)
  const view = await viewFor(flags, asked, interrupted)
  const { targetsFor, vipsOfCluster } = await import('../workflows/scan-targets.js')
  if (!view?.known) {
    if (flags.all) throw new UsageError(`--all needs the cluster: ${view ? view.gap.reason : 'remove --no-kube'}`)
    const bystanders = owners.map(({ mac }) => mac)
    return { context: { view, owners, gaps: [] }, targets: { vips: asked, neighbours: [], bystanders } }
  }
  const { gaps, ...targets } = targetsFor(flags.all ? vipsOfCluster(view.value) : asked, view.value, owners)
  return { context: { view, owners, gaps }, targets }
}

/** Null when the cluster was not to be read, or has nothing to do with the addresses and nobody asked for it. */
async function viewFor(
  flags: ScanContextFlags,
  asked: readonly Ipv4[],
  interrupted: AbortSignal,
): Promise<Known<ClusterView> | null> {
  const wanted = flags.kube ?? (flags.all || namesCluster(flags))
  if (flags.kube === false || !(wanted || (flags.read === undefined && isKubeconfigThere(process.env)))) return null
  const { readView } = await import('../workflows/read-view.js')
  const timeout = wanted ? flags['kube-timeout'] : Math.min(flags['kube-timeout'], UNASKED_TIMEOUT_S)
  const view = await readView(clusterReader({ ...flags, 'kube-timeout': timeout }), interrupted)
  if (wanted || !view.known) return view
  const { expected } = view.value
  return asked.some((ip) => expected.has(formatIpv4(ip))) ? view : null
}

function namesCluster({ kubeconfig, context, 'cluster-from': files }: ClusterFlagValues): boolean {
  return kubeconfig !== undefined || context !== undefined || files !== undefined
}

/** Where the client looks, without the second that loading the client takes. */
function isKubeconfigThere({ KUBECONFIG }: NodeJS.ProcessEnv): boolean {
  return Boolean(KUBECONFIG) || existsSync(join(homedir(), '.kube', 'config')) || existsSync(SERVICE_ACCOUNT)
}
