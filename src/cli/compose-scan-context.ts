import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { ClusterView } from '../facts/cluster-view.js'
import { CannotLook, type Known } from '../known.js'
import { NO_SERVICES, type ServiceAddresses } from '../probe/asking.js'
import { formatIp, type Ip } from '../wire/ip.js'
import type { GivenTable, ScanContext, Unasked } from '../workflows/scan-request.js'
import { type ScanTargets, targetsFor } from '../workflows/scan-targets.js'
import type { AttributionFlagValues, ClusterFlagValues } from './cluster-flags.js'
import { clusterReader, macOwners } from './compose-cluster.js'
import { UsageError } from './exit-codes.js'
import { parseNamedFiles } from './named-files.js'

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
  /** `NAME=FILE` or `FILE`: tables of routers and switches. */
  readonly neighbours?: readonly string[] | undefined
}

/**
 * What a scan knows besides the wire, and whom it therefore asks. `read`: the cluster, where it was read already. One that
 * was interrupted before the addresses were known asks nobody.
 */
export async function scanContext(
  flags: ScanContextFlags,
  asked: readonly Ip[],
  interrupted: AbortSignal,
  read?: Known<ClusterView> | null,
): Promise<{ readonly context: ScanContext; readonly targets: ScanTargets }> {
  const owners = await macOwners(flags)
  const tables = flags.neighbours ? { neighbours: await readNeighbours(flags.neighbours) } : {}
  const {
    view,
    unasked,
    serviceAddresses = NO_SERVICES,
  } = read === undefined ? await viewFor(flags, asked, interrupted) : given(read)
  if (!view?.known) {
    const needing = interrupted.aborted ? null : flags.all ? '--all' : flags.service ? '--service' : null
    if (needing && view) throw new CannotLook(view.gap)
    if (needing) throw new UsageError(`${needing} needs the cluster: remove --no-kube`)
    const bystanders = owners.map(({ mac }) => mac)
    const targets = { vips: asked, nodes: [], bystanders, serviceAddresses }
    return { context: { view, unasked, owners, gaps: [], ...tables }, targets }
  }
  const { gaps, ...targets } = targetsFor(await vipsMeant(flags, asked, view.value, interrupted), view.value, owners)
  return { context: { view, unasked, owners, gaps, ...tables }, targets }
}

async function readNeighbours(texts: readonly string[]): Promise<GivenTable[]> {
  const { readNeighbourFile } = await import('./neighbour-files.js')
  return Promise.all(parseNamedFiles('--neighbours', texts).map(readNeighbourFile))
}

async function vipsMeant(
  { all, service = [] }: ScanContextFlags,
  asked: readonly Ip[],
  view: ClusterView,
  { aborted }: AbortSignal,
): Promise<Ip[]> {
  const { vipsOfCluster, vipsOfService } = await import('../workflows/scan-vips.js')
  if (all) return vipsOfCluster(view)
  const served = service.map((name) => ({ name, vips: vipsOfService(view, name) }))
  const without = served.find(({ vips }) => vips.length === 0)
  if (without && !aborted) throw await withoutVip(view, without.name)
  return [...new Set([...asked, ...served.flatMap(({ vips }) => vips)])]
}

async function withoutVip(view: ClusterView, name: string): Promise<Error> {
  const { whyNoVip } = await import('../workflows/pending-service.js')
  const why = whyNoVip(view, name)
  if (why !== null) return new CannotLook(why)
  return new UsageError(
    `--service ${name}: no such Service of type LoadBalancer, or with external IPs, in ${view.cluster.source}; see \`l2doctor who\``,
  )
}

interface ReadOrNot {
  readonly view: Known<ClusterView> | null
  readonly unasked: Unasked | null
  /** Of a cluster that was read, also when it has nothing to do with the addresses. */
  readonly serviceAddresses?: ServiceAddresses
}

function given(view: Known<ClusterView> | null): ReadOrNot {
  return { view, unasked: view ? null : { because: 'it is not to be read (cluster: false)', gap: null } }
}

/** No view when the cluster was not to be read, or has nothing to do with the addresses and nobody asked for it. */
async function viewFor(flags: ScanContextFlags, asked: readonly Ip[], interrupted: AbortSignal): Promise<ReadOrNot> {
  const wanted = flags.kube ?? (flags.all || flags.service !== undefined || namesCluster(flags))
  if (flags.kube === false) return { view: null, unasked: { because: '--no-kube', gap: null } }
  if (!wanted && !isKubeconfigThere(process.env)) return { view: null, unasked: noKubeconfig() }
  if (!wanted && flags.read !== undefined) return { view: null, unasked: { because: NOT_FOR_CAPTURE, gap: null } }
  const { readView } = await import('../workflows/read-view.js')
  const timeout = wanted ? flags['kube-timeout'] : Math.min(flags['kube-timeout'], UNASKED_TIMEOUT_S)
  const alone = flags.all || flags.service ? [] : asked
  const view = await readView(clusterReader({ ...flags, 'kube-timeout': timeout }), interrupted, alone.map(formatIp))
  if (!view.known) return { view, unasked: null }
  const { expected, serviceAddresses } = view.value
  const concerns = (ip: Ip) => expected.has(formatIp(ip)) || serviceAddresses.isPooled(ip)
  if (wanted || asked.some(concerns)) return { view, unasked: null, serviceAddresses }
  return {
    view: null,
    unasked: { because: `${view.from} has none of these addresses`, gap: null },
    serviceAddresses,
  }
}

const NOT_FOR_CAPTURE = 'a capture may come from anywhere: name its cluster with --kubeconfig or --cluster-from'

function noKubeconfig(): Unasked {
  const because = 'no kubeconfig was found'
  return {
    because,
    gap: {
      subject: 'cluster',
      reason: because,
      hint: 'name one with --kubeconfig, or give the objects with --cluster-from',
    },
  }
}

function namesCluster({ kubeconfig, context, 'cluster-from': files }: ClusterFlagValues): boolean {
  return kubeconfig !== undefined || context !== undefined || files !== undefined
}

/** Where the client looks, without the second that loading the client takes. */
export function isKubeconfigThere({ KUBECONFIG }: NodeJS.ProcessEnv): boolean {
  return Boolean(KUBECONFIG) || existsSync(join(homedir(), '.kube', 'config')) || existsSync(SERVICE_ACCOUNT)
}
