import type { ApiConnection } from './api-connection.js'
import type { Query, Resource } from './kind-spec.js'
import { ListCutter } from './list-cutter.js'
import { type Raw, record, records, text } from './normalise/raw.js'

/** Objects a page; the API server's own default for `kubectl`. */
const PAGE = 500
/** Pages and objects of one list: more than etcd holds of a kind, and than we could keep. */
const MAX_PAGES = 2000
const MAX_ITEMS = MAX_PAGES * PAGE
/** Text of one list: ten times what the largest clusters have of a kind. */
const MAX_MEBIBYTES = 2048
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

/** Role-based access control refuses the list (403). */
export class Refused extends ListFailure {}

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
  const tokens = new Set<string>()
  const room = new Room(() => tokens.size)
  const within = AbortSignal.any([signal, room.over])
  const take = (item: unknown) => {
    const normal = room.takesItem() ? normalise(record(item)) : null
    if (normal !== null) kept.push(normal)
  }
  let token = ''
  do {
    const page = token === '' ? path : `${path}&continue=${encodeURIComponent(token)}`
    const cutter = new ListCutter(take)
    const status = await connection
      .get(page, within, (piece) => room.takes(piece) && cutter.push(piece))
      .catch(room.rethrow)
    room.check()
    if (status === 404) return null
    if (status === 410) return 'expired'
    const list = okList(status, cutter.end(), resource)
    records(list['items']).forEach(take)
    room.check()
    token = text(record(list['metadata'])['continue'])
    if (tokens.has(token) || tokens.size >= MAX_PAGES) throw endless(tokens.size)
    tokens.add(token)
  } while (token !== '')
  return kept
}

/** How much one list may be. What is beyond ends the request that brings it: nothing may be thrown while it comes. */
class Room {
  readonly #pages: () => number
  readonly #stop = new AbortController()
  #items = MAX_ITEMS
  #bytes = MAX_MEBIBYTES * 1024 * 1024
  #failure: ListFailure | null = null

  constructor(pages: () => number) {
    this.#pages = pages
  }

  get over(): AbortSignal {
    return this.#stop.signal
  }

  takes(piece: Buffer): boolean {
    this.#bytes -= piece.length
    if (this.#bytes < 0) this.#end(new ListFailure(`the list is larger than ${MAX_MEBIBYTES} MiB`, BETWEEN))
    return this.#failure === null
  }

  takesItem(): boolean {
    this.#items -= 1
    if (this.#items < 0) this.#end(endless(this.#pages()))
    return this.#failure === null
  }

  check(): void {
    if (this.#failure !== null) throw this.#failure
  }

  /** Why a request ended that was ended here. */
  readonly rethrow = (cause: unknown): never => {
    throw this.#failure ?? cause
  }

  #end(failure: ListFailure): void {
    this.#failure ??= failure
    this.#stop.abort()
  }
}

const BETWEEN = 'see what stands between you and the API server'

function endless(pages: number): ListFailure {
  return new ListFailure(`the list does not end: after ${pages} pages the API server still promises more`, BETWEEN)
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
  if (status === 403) throw new Refused(forbidden(list), grant(resource))
  if (status === 200) throw new ListFailure('the answer is not a list', BETWEEN)
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
  return `grant the verb list on ${resource.plural} in ${group}: deploy/rbac.yaml in the package of l2doctor is a role with all that it reads`
}
