import { CannotLook, type Known, known, unknown } from '../known.js'
import { type ApiConnection, ApiFailure, type TakePiece } from './api-connection.js'
import { assembleSnapshot, type Gathered } from './assemble.js'
import { CLUSTER_KINDS, KINDS, type Query, type Resource, resourceName } from './kinds.js'
import { limiter } from './limiter.js'
import { ListFailure, listResource, Unauthorised } from './list-resource.js'
import type { ClusterKind, ClusterNode, ClusterSnapshot } from './model.js'
import type { Raw } from './normalise/raw.js'

export interface ReadOptions {
  readonly now: () => Date
  /** Requests at a time. */
  readonly concurrency: number
  /** Ends the reading; what was not read yet becomes a gap. */
  readonly interrupted: AbortSignal
}

type Items = Known<readonly unknown[]>

/** Reads the whole cluster in one pass, lists only. Throws `CannotLook` when there is no cluster to talk to. */
export async function readCluster(connection: ApiConnection, options: ReadOptions): Promise<ClusterSnapshot> {
  const observedAt = options.now().toISOString()
  const reader = new ClusterReader(connection, options)
  try {
    return assembleSnapshot(await reader.readAll(), observedAt, connection.server)
  } finally {
    reader.stop()
    connection.close()
  }
}

class ClusterReader {
  private readonly connection: ApiConnection
  private readonly interrupted: AbortSignal
  private readonly stopping = new AbortController()
  private readonly signal: AbortSignal
  private readonly limit: ReturnType<typeof limiter>
  /** Once the API server has answered anything, a failure is one of that list alone. */
  private answered = false

  constructor(connection: ApiConnection, options: ReadOptions) {
    this.connection = { ...connection, get: (path, signal, take) => this.get(connection, path, signal, take) }
    this.interrupted = options.interrupted
    this.signal = AbortSignal.any([options.interrupted, this.stopping.signal])
    this.limit = limiter(options.concurrency)
  }

  async readAll(): Promise<Gathered> {
    const nodes = this.read('nodes')
    const entries = CLUSTER_KINDS.map(async (kind): Promise<[ClusterKind, Items]> => {
      if (kind === 'nodes') return [kind, await nodes]
      return [kind, kind === 'pods' ? await this.readPods(await nodes) : await this.read(kind)]
    })
    return Object.fromEntries(await Promise.all(entries)) as unknown as Gathered
  }

  stop(): void {
    this.stopping.abort()
  }

  /** Static pods carry no labels to select by, so those of the control planes are listed node by node. */
  private async readPods(nodes: Items): Promise<Items> {
    if (nodes.known) return this.read('pods', staticPodQueries(nodes.value as readonly ClusterNode[]))
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
    if (error instanceof ListFailure) return unknown(subject, error.message, error.hint)
    if (error instanceof Unauthorised) throw this.noCredentials(error)
    if (!(error instanceof ApiFailure)) throw error
    if (this.answered) return unknown(subject, error.message, 'try again; --kube-timeout waits longer')
    throw new CannotLook(
      { subject: `API server ${this.connection.server}`, reason: error.message, hint: UNREACHABLE },
      { cause: error },
    )
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

const UNREACHABLE = 'see whether `kubectl get nodes` works from here, or give the objects as files with --cluster-from'
const CONTROL_PLANE = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master']

function staticPodQueries(nodes: readonly ClusterNode[]): Query[] {
  return nodes
    .filter(({ labels }) => CONTROL_PLANE.some((role) => role in labels))
    .map(({ name }) => ({ fieldSelector: `metadata.namespace=kube-system,spec.nodeName=${name}` }))
}
