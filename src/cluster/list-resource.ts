import type { ApiConnection } from './api-connection.js'
import { type Query, type Resource, resourceName } from './kinds.js'
import { ListCutter } from './list-cutter.js'
import { type Raw, record, records, text } from './normalise/raw.js'

/** Objects a page; the API server's own default for `kubectl`. */
const PAGE = 500
/** A list that expires so often is not going to end. */
const MAX_RESTARTS = 3

/** A list that could not be read: what to tell the operator. */
export class ListFailure extends Error {
  override readonly name = 'ListFailure'
  readonly hint: string
  constructor(message: string, hint: string) {
    super(message)
    this.hint = hint
  }
}

/** The API server knows us not: every further request would fail alike. */
export class Unauthorised extends Error {
  override readonly name = 'Unauthorised'
}

/**
 * Lists one query of a resource page by page and hands each object over as it comes. A continue token that expired
 * (410 Gone) starts the list anew. Returns null when the resource itself is not there.
 */
export async function listResource<T>(
  connection: ApiConnection,
  resource: Resource,
  query: Query,
  normalise: (object: Raw) => T | null,
  signal: AbortSignal,
): Promise<T[] | null> {
  for (const version of resource.versions) {
    const path = listPath(resource, version, query)
    const items = await listWithRestarts(connection, resource, path, normalise, signal)
    if (items !== null) return items
  }
  return null
}

async function listWithRestarts<T>(
  connection: ApiConnection,
  resource: Resource,
  path: string,
  normalise: (object: Raw) => T | null,
  signal: AbortSignal,
): Promise<T[] | null> {
  for (let restarts = 0; restarts <= MAX_RESTARTS; restarts += 1) {
    const pages = await listPages(connection, resource, path, normalise, signal)
    if (pages !== 'expired') return pages
  }
  throw new ListFailure(`the list expired ${MAX_RESTARTS + 1} times while it was read (410)`, 'try again')
}

async function listPages<T>(
  connection: ApiConnection,
  resource: Resource,
  path: string,
  normalise: (object: Raw) => T | null,
  signal: AbortSignal,
): Promise<T[] | null | 'expired'> {
  const kept: T[] = []
  const take = (item: unknown) => {
    const normal = normalise(record(item))
    if (normal !== null) kept.push(normal)
  }
  let token = ''
  do {
    const page = token === '' ? path : `${path}&continue=${encodeURIComponent(token)}`
    const cutter = new ListCutter(take)
    const status = await connection.get(page, signal, (piece) => cutter.push(piece))
    if (status === 404) return null
    if (status === 410) return 'expired'
    const list = okList(status, cutter.end(), resource)
    records(list['items']).forEach(take)
    token = text(record(list['metadata'])['continue'])
  } while (token !== '')
  return kept
}

function listPath({ group, plural }: Resource, version: string, query: Query): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  const parameters = new URLSearchParams({ limit: String(PAGE), ...query })
  return `${root}/${plural}?${parameters}`
}

function okList(status: number, body: unknown, resource: Resource): Raw {
  const list = record(body)
  if (status === 200 && Array.isArray(list['items'])) return list
  if (status === 401) throw new Unauthorised(text(list['message']) || 'Unauthorized')
  if (status === 403) throw new ListFailure(forbidden(list), grant(resource))
  if (status === 200)
    throw new ListFailure('the answer is not a list', 'see what stands between you and the API server')
  throw new ListFailure(
    `the API server answered ${status} ${text(list['message'])}`.trim(),
    'see its log, or try again',
  )
}

function forbidden(status: Raw): string {
  return `forbidden (403): ${text(status['message']) || 'no reason given'}`
}

function grant(resource: Resource): string {
  const group = resource.group === '' ? 'the core API group' : `API group ${resource.group}`
  return `grant the verb list on ${resource.plural} in ${group}: kubectl apply -f deploy/rbac.yaml (${resourceName(resource)})`
}
