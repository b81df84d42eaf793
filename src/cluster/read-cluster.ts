import { abortEither } from '../abort-either.js'
import { CannotLook, type Gap, type Known, known, unknown } from '../known.js'
import { type ApiConnection, ApiFailure, type TakePiece } from './api-connection.js'
import { assembleSnapshot, type Gathered } from './assemble.js'
import { groupBy } from './group-by.js'
import { type Query, type Resource, resourceName } from './kind-spec.js'
import { CLUSTER_KINDS, KINDS } from './kinds.js'
import { limiter } from './limiter.js'
import { ListFailure, listResource, Refused, Unauthorised } from './list-resource.js'
import type { ClusterKind, ClusterNode, ClusterSnapshot } from './model.js'
import type { Raw } from './normalise/raw.js'

export interface ReadOptions {
  readonly now: () => Date
  /** Requests at a time. */
  readonly concurrency: number
  /** Ends the reading; what was not read yet becomes a gap. */
  readonly interrupted: AbortSignal
  /** All of it together may take so long; absent: as long as it takes. What was not read by then becomes a gap. */
  readonly mostMs?: number
}

type Items = Known<readonly unknown[]>

/** Reads the whole cluster in one pass, lists only. Throws `CannotLook` when there is no cluster to talk to. */
export async function readCluster(connection: ApiConnection, options: ReadOptions): Promise<ClusterSnapshot> {
  const observedAt = options.now().toISOString()
  const { interrupted, mostMs } = options
  const [stopping, deadline] = [new AbortController(), mostMs === undefined ? NEVER : AbortSignal.timeout(mostMs)]
  return abortEither([interrupted, stopping.signal, deadline], async (signal) => {
    try {
      const reader = new ClusterReader(connection, options, { signal, deadline })
      return assembleSnapshot(await reader.readAll(), observedAt, connection.server)
    } finally {
      stopping.abort()
      connection.close()
    }
  })
}

const NEVER = new AbortController().signal

/** `signal`: of all that ends the reading, the deadline among it. */
interface Ends {
  readonly signal: AbortSignal
  readonly deadline: AbortSignal
}

const MORE_TIME = 'give it more: --kube-timeout'

class ClusterReader {
  private readonly connection: ApiConnection
  private readonly interrupted: AbortSignal
  private readonly signal: AbortSignal
  private readonly deadline: AbortSignal
  private readonly mostMs: number
  private readonly limit: ReturnType<typeof limiter>
  /** Once the API server has answered anything, a failure is one of that list alone. */
  private answered = false
  /** The gap of each resource that the API server did not list, and what those that failed alike have in common. */
  private readonly failures = new Map<Gap, { readonly resource: Resource; readonly alike: string }>()

  constructor(connection: ApiConnection, options: ReadOptions, { signal, deadline }: Ends) {
    this.connection = { ...connection, get: (path, signal, take) => this.get(connection, path, signal, take) }
    this.interrupted = options.interrupted
    this.mostMs = options.mostMs ?? Number.POSITIVE_INFINITY
    this.deadline = deadline
    this.signal = signal
    this.limit = limiter(options.concurrency)
  }

  async readAll(): Promise<Gathered> {
    const nodes = this.read('nodes')
    const entries = CLUSTER_KINDS.map(async (kind): Promise<[ClusterKind, Items]> => {
      if (kind === 'nodes') return [kind, await nodes]
      return [kind, kind === 'pods' ? await this.readPods(await nodes) : await this.read(kind)]
    })
    return Object.fromEntries(this.shareFailures(await Promise.all(entries))) as unknown as Gathered
  }

  /** What many kinds fail with alike is one gap, the same for all of them; where nothing may be read there is no cluster to judge. */
  private shareFailures(read: readonly [ClusterKind, Items][]): [ClusterKind, Items][] {
    const shared = new Map<string, Gap>()
    for (const [alike, all] of groupBy([...this.failures.entries()], ([, { alike }]) => alike)) {
      const names = [...new Set(all.map(([, { resource }]) => resourceName(resource)))].sort()
      const [first] = all[0]!
      shared.set(alike, names.length === 1 ? first : this.gapOf(alike, names, first))
    }
    const gapOf = (items: Items) => (items.known ? undefined : shared.get(this.failures.get(items.gap)?.alike ?? ''))
    const gaps = read.map(([, items]) => gapOf(items))
    if (gaps[0] !== undefined && gaps.every((gap) => gap !== undefined)) throw new CannotLook(gaps[0])
    return read.map(([kind, items], at) => [kind, gaps[at] ? { known: false, gap: gaps[at] } : items])
  }

  private gapOf(alike: string, names: readonly string[], { reason, hint }: Gap): Gap {
    if (alike === REFUSED) return refusalOf(names, reason, this.connection.server)
    return { subject: `API server ${this.connection.server}`, reason: `${reason}, asked for ${names.join(', ')}`, hint }
  }

  private isRefused(items: Items): boolean {
    return !items.known && this.failures.has(items.gap)
  }

  /** Static pods carry no labels to select by, so those of the control planes are listed node by node. */
  private async readPods(nodes: Items): Promise<Items> {
    if (nodes.known) return this.read('pods', staticPodQueries(nodes.value as readonly ClusterNode[]))
    if (this.isRefused(nodes)) return nodes
    return unknown('pods', `static pods are looked for on the control-plane nodes: ${nodes.gap.reason}`, nodes.gap.hint)
  }

  private async read(kind: ClusterKind, more: readonly Query[] = []): Promise<Items> {
    const { resources, normalise } = KINDS[kind]
    const lists = resources.flatMap((resource) =>
      [...resource.queries, ...more].map((query) =>
        this.list(resource, query, (object) => normalise(object, resource.kind)),
      ),
    )
    const answers = await Promise.all(lists)
    const missing = answers.find((answer) => !answer.known)
    return (
      missing ??
      known(
        answers.flatMap((answer) => (answer.known ? answer.value : [])),
        this.connection.server,
      )
    )
  }

  private async list(resource: Resource, query: Query, normalise: (object: Raw) => unknown): Promise<Items> {
    try {
      const items = await this.limit(() => listResource(this.connection, resource, query, normalise, this.signal))
      if (items !== null || resource.custom) return known(items ?? [], this.connection.server)
      return unknown(resourceName(resource), 'the API server does not know it (404)', 'use Kubernetes 1.21 or newer')
    } catch (error) {
      return this.failed(resource, error)
    }
  }

  private failed(resource: Resource, error: unknown): Items {
    const subject = resourceName(resource)
    if (this.interrupted.aborted) return unknown(subject, 'interrupted before it was read')
    if (error instanceof ListFailure) {
      const gap = { subject, reason: error.message, hint: error.hint }
      return this.fail(resource, gap, error instanceof Refused ? REFUSED : error.message)
    }
    if (this.deadline.aborted)
      return unknown(subject, `the cluster was not read whole within ${this.mostMs / 1000} s`, MORE_TIME)
    if (error instanceof Unauthorised) throw this.noCredentials(error)
    if (!(error instanceof ApiFailure)) throw error
    if (this.answered) return unknown(subject, error.message, 'try again; --kube-timeout waits longer')
    throw new CannotLook(
      { subject: `API server ${this.connection.server}`, reason: error.message, hint: UNREACHABLE },
      { cause: error },
    )
  }

  private fail(resource: Resource, gap: Gap, alike: string): Items {
    this.failures.set(gap, { resource, alike })
    return { known: false, gap }
  }

  private noCredentials(cause: Unauthorised): CannotLook {
    const subject = `API server ${this.connection.server}`
    return new CannotLook(
      { subject, reason: `${cause.message} (401)`, hint: 'log in again: `kubectl auth whoami`' },
      { cause },
    )
  }

  private async get(connection: ApiConnection, path: string, signal: AbortSignal, take: TakePiece) {
    const status = await connection.get(path, signal, take)
    this.answered = true
    return status
  }
}

function refusalOf(names: readonly string[], reason: string, server: string): Gap {
  return {
    subject: `API server ${server}`,
    reason: `it refuses the verb list on ${names.join(', ')}: ${reason}`,
    hint: 'grant it: deploy/rbac.yaml in the package of l2doctor is a role with all that it reads',
  }
}

/** Refusals name the kind in their words; all of them are one. */
const REFUSED = 'refused'

const UNREACHABLE = 'see whether `kubectl get nodes` works from here, or give the objects as files with --cluster-from'
const CONTROL_PLANE = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master']

function staticPodQueries(nodes: readonly ClusterNode[]): Query[] {
  return nodes
    .filter(({ labels }) => CONTROL_PLANE.some((role) => role in labels))
    .map(({ name }) => ({ fieldSelector: `metadata.namespace=kube-system,spec.nodeName=${name}` }))
}
