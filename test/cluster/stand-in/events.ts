import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { recorded } from './recorded.js'

const PATH = /^\/apis\/events\.k8s\.io\/v1\/namespaces\/([^/]+)\/events(?:\/([^/]+))?$/
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const QUALIFIED = /^([a-z0-9.-]+\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/
const MICRO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/

export interface StandInEvent {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace: string; readonly resourceVersion?: string }
  readonly eventTime: string
  readonly series?: { readonly count: number; readonly lastObservedTime: string }
  readonly reportingController: string
  readonly reportingInstance: string
  readonly action: string
  readonly reason: string
  readonly type: string
  readonly regarding: Readonly<Record<string, string>>
  readonly note: string
}

/**
 * A stand-in for Events, beside the API server of the tests: it refuses what a real one refuses (pkg/apis/core/validation/events.go), and what it
 * says of a write is what a real one said (fixtures/api).
 */
export class StandInEvents {
  readonly all = new Map<string, StandInEvent>()
  /** Those that were taken, with their namespace. */
  readonly writes: string[] = []
  /** Answers that were no success, but for 404 to GET. */
  readonly refusals: { readonly status: number; readonly message: string }[] = []
  /** Whose Events nobody may write. */
  readonly forbidden = new Set<string>()
  /** Namespaces that are being deleted. */
  readonly terminating = new Set<string>()
  /** An Event is gone when it is to be patched. */
  expiresBeforePatch = false
  /** Answers each write so. */
  fails: number | null = null
  private version = 100

  readonly beside = (_user: string, request: IncomingMessage, response: ServerResponse): boolean => {
    const { pathname } = new URL(request.url ?? '', 'https://localhost')
    const [, namespace, name] = PATH.exec(pathname) ?? []
    if (namespace === undefined) return false
    void text(request).then((sent) => {
      const method = request.method ?? ''
      const { status, body } = this.answerTo({ method, namespace, name, sent })
      if (status >= 400 && method !== 'GET') this.refusals.push({ status, message: String(body['message']) })
      if (status < 400 && method !== 'GET') this.writes.push(`${method} ${namespace}`)
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    })
    return true
  }

  private answerTo({ method, namespace, name, sent }: Asked): Answer {
    if (method === 'GET' && name === undefined) return { status: 200, body: { items: [...this.all.values()] } }
    const body = sent === '' ? {} : (JSON.parse(sent) as Partial<StandInEvent>)
    const key = `${namespace}/${name ?? body.metadata?.name}`
    if (method === 'PATCH' && this.expiresBeforePatch) this.all.delete(key)
    const known = this.all.get(key)
    if (method === 'GET') return known ? { status: 200, body: { ...known } } : notFound(name ?? '')
    if (this.fails !== null) return said(this.fails, 'InternalError', 'etcdserver: request timed out')
    if (this.forbidden.has(namespace)) return forbidden(method, namespace)
    if (method === 'POST' && this.terminating.has(namespace)) return terminating(namespace)
    if (method === 'POST') return known ? existsAlready(key) : this.create(key, namespace, body)
    if (method !== 'PATCH') throw new Error(`stand-in: no ${method} of Events`)
    return known ? this.patch(key, known, body) : notFound(name ?? '')
  }

  private create(key: string, namespace: string, body: Partial<StandInEvent>): Answer {
    const wrong = faultsOf(namespace, body)
    return wrong.length > 0 ? invalid(body.metadata?.name ?? '', wrong) : this.keep(key, body as StandInEvent, 201)
  }

  private patch(key: string, known: StandInEvent, { metadata, ...patch }: Partial<StandInEvent>): Answer {
    const version = metadata?.resourceVersion
    if (version !== undefined && version !== known.metadata.resourceVersion)
      return recorded('lease-update-conflict').response
    const changed = Object.keys(patch).filter((member) => member !== 'series')
    if (changed.length > 0) return invalid(known.metadata.name, [`${changed.join(', ')}: field is immutable`])
    const next = { ...known, ...patch }
    const wrong = seriesFaults(next)
    return wrong.length > 0 ? invalid(known.metadata.name, wrong) : this.keep(key, next, 200)
  }

  private keep(key: string, event: StandInEvent, status: number): Answer {
    this.version += 1
    const kept = { ...event, metadata: { ...event.metadata, resourceVersion: String(this.version) } }
    this.all.set(key, kept)
    const as = recorded(status === 201 ? 'event-created' : 'event-series').response.body
    return { status, body: { ...as, ...kept, metadata: { ...(as['metadata'] as object), ...kept.metadata } } }
  }
}

interface Asked {
  readonly method: string
  readonly namespace: string
  readonly name: string | undefined
  readonly sent: string
}

interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** What the validation of a new Event refuses. */
function faultsOf(namespace: string, event: Partial<StandInEvent>): string[] {
  const required = (['reportingController', 'reportingInstance', 'action', 'reason'] as const).filter(
    (member) => !event[member],
  )
  const long = (['reportingInstance', 'action', 'reason'] as const).filter(
    (member) => (event[member]?.length ?? 0) > 128,
  )
  const wrong: readonly (readonly [string, boolean])[] = [
    ['apiVersion: does not match', event.apiVersion !== 'events.k8s.io/v1' || event.kind !== 'Event'],
    ['metadata.name: a lowercase RFC 1123 subdomain', !SUBDOMAIN.test(event.metadata?.name ?? '')],
    ['metadata.name: must be no more than 253', (event.metadata?.name.length ?? 0) > 253],
    ['metadata.namespace: does not match', event.metadata?.namespace !== namespace],
    ['eventTime: Required value', !MICRO_TIME.test(event.eventTime ?? '')],
    ['type: has invalid value', event.type !== 'Warning' && event.type !== 'Normal'],
    ['reportingController: a qualified name', !QUALIFIED.test(event.reportingController ?? '')],
    ['message: can have at most 1024 characters', Buffer.byteLength(event.note ?? '') > 1024],
    // a real one asks this of core/v1 alone; `kubectl describe` finds no other
    ['involvedObject.namespace: does not match event.namespace', event.regarding?.['namespace'] !== namespace],
  ]
  return [
    ...required.map((member) => `${member}: Required value`),
    ...long.map((member) => `${member}: can have at most 128 characters`),
    ...wrong.filter(([, is]) => is).map(([what]) => what),
    ...seriesFaults(event),
  ]
}

function seriesFaults({ series }: Partial<StandInEvent>): string[] {
  if (series === undefined) return []
  const few = series.count < 2 ? ['series.count: should be at least 2'] : []
  return MICRO_TIME.test(series.lastObservedTime ?? '') ? few : [...few, 'series.lastObservedTime: Required value']
}

/** As recorded, with what is wrong here. */
function invalid(name: string, wrong: readonly string[]): Answer {
  const { status, body } = recorded('event-invalid').response
  return { status, body: { ...body, message: `Event "${name}" is invalid: [${wrong.join(', ')}]` } }
}

function forbidden(method: string, namespace: string): Answer {
  const { status, body } = recorded('forbidden-create-pod').response
  const verb = method === 'POST' ? 'create' : 'patch'
  const message = `events.events.k8s.io is forbidden: User "watch" cannot ${verb} resource "events" in API group "events.k8s.io" in the namespace "${namespace}"`
  return { status, body: { ...body, message, details: { group: 'events.k8s.io', kind: 'events' } } }
}

function terminating(namespace: string): Answer {
  const message = `unable to create new content in namespace ${namespace} because it is being terminated`
  const causes = [{ reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated` }]
  const { status, body } = said(403, 'Forbidden', message)
  return { status, body: { ...body, details: { kind: 'events', causes } } }
}

function existsAlready(key: string): Answer {
  const { status, body } = recorded('lease-create-again').response
  return { status, body: { ...body, message: `events.events.k8s.io "${key.split('/')[1]}" already exists` } }
}

function notFound(name: string): Answer {
  return said(404, 'NotFound', `events.events.k8s.io "${name}" not found`)
}

function said(status: number, reason: string, message: string): Answer {
  const head = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure' }
  return { status, body: { ...head, message, reason, code: status } }
}
