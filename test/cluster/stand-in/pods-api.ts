import { randomBytes, randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text as textOf } from 'node:stream/consumers'
import { matchesLabels } from '../api-selectors.js'
import { type PodBody, type Recorded, recorded } from './recorded.js'

/** What is admitted in a namespace (Pod Security Admission); `warn`: everything, with a warning. */
export type Level = 'privileged' | 'warn' | 'baseline' | 'restricted'

/** The node side: it starts what a pod says, and says how it goes. */
export interface NodeSide {
  start(pod: StandInPod): void
  /** Ends the container within the grace period; resolves once it has ended. */
  stop(pod: StandInPod): Promise<void>
}

/** A pod as the stand-in keeps it. */
export interface StandInPod {
  readonly metadata: PodBody['metadata'] & {
    readonly name: string
    readonly namespace: string
    readonly uid: string
    creationTimestamp: string
  }
  readonly spec: PodBody['spec']
  status: Record<string, unknown> & { phase: string }
  /** What the container has printed so far. */
  log: Buffer
  /** Called when there is more of the log, or its end. */
  readonly followers: Set<() => void>
  hasEnded: boolean
  /** It was removed: nothing of it may start any more. */
  isStopped: boolean
}

/**
 * A stand-in for the part of an API server that makes pods: it answers with what a real one was recorded to say (fixtures/api), and a node
 * side that really runs containers stands in for the kubelets.
 */
export class StandInPodsApi {
  readonly pods = new Map<string, StandInPod>()
  /** Every request for pods: `POST /api/…`. */
  readonly requests: string[] = []
  private readonly namespaces: Readonly<Record<string, Level>>
  private readonly node: NodeSide
  /** Users that may make no pods. */
  private readonly readers: readonly string[]
  /** Refuses to remove pods. */
  keepsPods = false
  /** The first reading of each log breaks off after its first bytes. */
  breaksLogs = false
  /** So many names that it makes up are taken. */
  namesTaken = 0
  /** What a request to make a pod waits for before it is taken; `dry`: it is a dry run. */
  beforeCreate: (dry: boolean) => Promise<void> = async () => {}
  private readonly broken = new Set<StandInPod>()

  constructor(namespaces: Readonly<Record<string, Level>>, node: NodeSide, readers: readonly string[] = ['reader']) {
    this.namespaces = namespaces
    this.node = node
    this.readers = readers
  }

  /** True where the request is for pods of ours, and has been taken. */
  readonly take = (user: string, request: IncomingMessage, response: ServerResponse): boolean => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'https://localhost')
    const [, namespace = '', name, sub] =
      /^\/api\/v1\/(?:namespaces\/([^/]+)\/)?pods(?:\/([^/]+))?(\/log)?$/.exec(pathname) ?? []
    const selector = searchParams.get('labelSelector') ?? ''
    if (namespace === '' && !selector.includes('managed-by=l2doctor')) return false
    this.requests.push(`${request.method} ${request.url}`)
    this.answer(user, { request, response, namespace, name, sub, selector, query: searchParams }).catch((error) => {
      response.writeHead(500).end(String(error.stack))
    })
    return true
  }

  private async answer(user: string, asked: Asked): Promise<void> {
    const { request, response, namespace, name, sub, selector } = asked
    if (request.method === 'POST') return this.create(user, asked)
    if (name === undefined) {
      const all = [...this.pods.values()].filter((pod) => namespace === '' || pod.metadata.namespace === namespace)
      const items = all.filter((pod) => matchesLabels(pod as never, selector)).map((pod) => shown(pod))
      return send(response, 200, { kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items })
    }
    const pod = this.pods.get(`${namespace}/${name}`)
    if (pod === undefined) return missing(response, name)
    if (sub !== undefined) return serveLog(pod, response, this.breaks(pod))
    if (request.method === 'DELETE') return this.remove(pod, asked)
    send(response, 200, shown(pod))
  }

  private async create(user: string, { request, response, namespace, query }: Asked): Promise<void> {
    const body = JSON.parse(await textOf(request)) as PodBody
    if (this.readers.includes(user)) {
      const { response: refusal } = recorded('forbidden-create-pod')
      const message = String(refusal.body['message'])
        .replace(/User "[^"]*"/, `User "${user}"`)
        .replace(/namespace "[^"]*"/, `namespace "${namespace}"`)
      return send(response, refusal.status, { ...refusal.body, message })
    }
    const isDry = query.get('dryRun') === 'All'
    await this.beforeCreate(isDry)
    const level = this.namespaces[namespace]
    if (level === undefined) return noNamespace(response, namespace)
    const name = `${body.metadata.generateName}${randomBytes(3).toString('hex').slice(0, 5)}`
    if (body.spec.preemptionPolicy !== undefined) return refusePriority(response, name, body)
    if (level === 'baseline' || level === 'restricted') return refuse(response, level, name, body)
    if (level === 'warn')
      response.setHeader(
        'warning',
        '299 - "would violate PodSecurity \\"restricted:latest\\": host namespaces (hostNetwork=true)"',
      )
    if (!isDry && this.namesTaken > 0) {
      this.namesTaken -= 1
      return status(response, 409, 'AlreadyExists', `pods "${name}" already exists, ${NO_NAME}`)
    }
    const pod = made(body, namespace, name)
    if (!isDry) this.pods.set(`${namespace}/${name}`, pod)
    send(response, 201, shown(pod, recorded(isDry ? 'pod-dryrun-allowed' : 'pod-created')))
    if (!isDry) this.node.start(pod)
  }

  private breaks(pod: StandInPod): boolean {
    if (!this.breaksLogs || this.broken.has(pod)) return false
    this.broken.add(pod)
    return true
  }

  /** The object goes once the container has ended, as a kubelet has it. */
  private async remove(pod: StandInPod, { request, response }: Asked): Promise<void> {
    const { name, namespace, uid } = pod.metadata
    const { preconditions } = JSON.parse((await textOf(request)) || '{}') as { preconditions?: { uid: string } }
    if (preconditions && preconditions.uid !== uid)
      return status(
        response,
        409,
        'Conflict',
        `Precondition failed: UID in precondition: ${preconditions.uid}, UID in object meta: ${uid}`,
      )
    if (this.keepsPods)
      return status(
        response,
        403,
        'Forbidden',
        `pods "${name}" is forbidden: User "admin" cannot delete resource "pods" in API group "" in the namespace "${namespace}"`,
      )
    send(response, 200, { ...shown(pod, recorded('pod-deleted')) })
    await this.node.stop(pod)
    this.pods.delete(`${namespace}/${name}`)
  }
}

interface Asked {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly namespace: string
  readonly name: string | undefined
  readonly sub: string | undefined
  readonly selector: string
  readonly query: URLSearchParams
}

function made(body: PodBody, namespace: string, name: string): StandInPod {
  const creationTimestamp = `${new Date().toISOString().slice(0, 19)}Z`
  return {
    metadata: { ...body.metadata, name, namespace, uid: randomUUID(), creationTimestamp },
    spec: body.spec,
    status: { phase: 'Pending', qosClass: 'Burstable' },
    log: Buffer.alloc(0),
    followers: new Set(),
    hasEnded: false,
    isStopped: false,
  }
}

function shown({ metadata, spec, status }: StandInPod, as: Recorded = recorded('pod-created')): object {
  const { metadata: head, spec: defaults, ...rest } = as.response.body as { metadata: object; spec: object }
  return { ...rest, metadata: { ...head, ...metadata }, spec: { ...defaults, ...spec }, status }
}

const NO_NAME = 'the server was not able to generate a unique name for the object'

/** Of the admission plugin Priority; no cluster of ours has a priority class that is a default. */
function refusePriority(response: ServerResponse, name: string, { spec: { preemptionPolicy } }: PodBody): void {
  const said = `the string value of PreemptionPolicy (${preemptionPolicy}) must not be provided in pod spec`
  const why = 'priority admission controller computed PreemptLowerPriority from the given PriorityClass name'
  status(response, 403, 'Forbidden', `pods "${name}" is forbidden: ${said}; ${why}`)
}

/** What was recorded fits a pod that has these two things that the level refuses, and no other. */
function refuse(response: ServerResponse, level: 'baseline' | 'restricted', name: string, { spec }: PodBody): void {
  const [{ securityContext }] = spec.containers as [PodBody['spec']['containers'][number]]
  const asRecorded = recorded(`pod-refused-${level}`)
  const was = asRecorded.request.body?.spec.containers[0]?.securityContext
  if (!spec.hostNetwork || JSON.stringify(securityContext.capabilities) !== JSON.stringify(was?.capabilities))
    throw new Error('stand-in: no such refusal was recorded')
  const { status: code, body } = asRecorded.response
  const message = String(body['message']).replace(/^pods "[^"]*"/, `pods "${name}"`)
  send(response, code, { ...body, message, details: { name, kind: 'pods' } })
}

/** `breaks`: the connection ends once it has brought something. */
function serveLog(pod: StandInPod, response: ServerResponse, breaks: boolean): void {
  if (pod.status.phase === 'Pending') {
    const message = `container "look" in pod "${pod.metadata.name}" is waiting to start: ContainerCreating`
    status(response, 400, 'BadRequest', message)
    return
  }
  response.writeHead(200, { 'content-type': 'text/plain' })
  let sent = 0
  const more = () => {
    response.write(pod.log.subarray(sent))
    sent = pod.log.length
    if (breaks && sent > 0) setImmediate(() => response.destroy())
    if (!pod.hasEnded || breaks) return
    pod.followers.delete(more)
    response.end()
  }
  pod.followers.add(more)
  response.on('close', () => pod.followers.delete(more))
  more()
}

function missing(response: ServerResponse, name: string): void {
  const { status: code, body } = recorded('pod-delete-again').response
  send(response, code, { ...body, message: `pods "${name}" not found`, details: { name, kind: 'pods' } })
}

function noNamespace(response: ServerResponse, namespace: string): void {
  status(response, 404, 'NotFound', `namespaces "${namespace}" not found`)
}

function status(response: ServerResponse, code: number, reason: string, message: string): void {
  send(response, code, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code })
}

function send(response: ServerResponse, code: number, body: object): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
