import { abortEither } from '../abort-either.js'
import { parseBoundedJson } from '../bounded-json.js'
import { type ApiClient, ApiFailure } from './api-connection.js'
import { type Raw, record, text } from './normalise/raw.js'

const SERVICES = '/api/v1/services'
/** How long one watch lasts at most, s; the API server ends it, and it is resumed. */
const LASTS_S = 300
/** An answer that takes longer than it was asked to is dead, ms. */
const GRACE_MS = 15_000
/** From one attempt to the next, ms. */
const PAUSES = [1000, 2000, 5000, 15_000, 30_000] as const
/** An object in etcd has 1.5 MiB at most; a longer line was not written by an API server. */
const MOST_LINE = 4 * 1024 * 1024

export interface FollowOptions {
  /** Connects anew: tokens and certificates are rotated. Throws CannotLook. */
  readonly connect: () => Promise<ApiClient>
  readonly changed: () => void
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

/**
 * Says whenever Services may have changed, until it is stopped: by a watch from a version that is known, resumed where it ended, and
 * begun again where that version is too old (410). What comes in between counts as a change. An API server that is gone, or refuses
 * the watch, is tried again for ever: whoever reads the cluster says so.
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
export async function followServices({ connect, changed, sleep }: FollowOptions, signal: AbortSignal): Promise<void> {
  let [version, failures] = ['', 0]
  while (!signal.aborted) {
    const next = await once(connect, version, changed, signal)
    if (signal.aborted) return
    failures = next.isFailure ? failures + 1 : 0
    if (next.version === '' && version !== '') changed()
    version = next.version
    // a server that ends each watch at once must not be asked without a pause
    await sleep(PAUSES[Math.min(failures, PAUSES.length - 1)]!, signal)
  }
}

interface Next {
  /** To go on from; empty: nobody knows what was missed. */
  readonly version: string
  readonly isFailure: boolean
}

async function once(
  connect: FollowOptions['connect'],
  from: string,
  changed: () => void,
  signal: AbortSignal,
): Promise<Next> {
  let [api, version] = [null as ApiClient | null, from]
  try {
    api = await connect()
    if (version === '') {
      version = await currentVersion(api, signal)
      changed()
    }
    const events = new Events(version, changed)
    const query = `watch=1&allowWatchBookmarks=true&timeoutSeconds=${LASTS_S}&resourceVersion=${encodeURIComponent(version)}`
    const request = { method: 'GET', path: `${SERVICES}?${query}`, timeoutMs: LASTS_S * 1000 + GRACE_MS } as const
    const client = api
    const status = await abortEither([signal, events.broken], (over) =>
      client.ask(request, over, (piece) => events.take(piece)),
    ).catch((cause) => {
      version = events.version
      throw cause
    })
    return { version: status === 200 ? events.version : '', isFailure: status !== 200 && status !== 410 }
  } catch (cause) {
    if (signal.aborted || isExpected(cause)) return { version, isFailure: true }
    throw cause
  } finally {
    api?.close()
  }
}

/** No connection, or no configuration for one: it is tried again. */
function isExpected(cause: unknown): boolean {
  return cause instanceof ApiFailure || (cause instanceof Error && ['CannotLook', 'AbortError'].includes(cause.name))
}

/** A list of one object tells the version of all of them. */
async function currentVersion(api: ApiClient, signal: AbortSignal): Promise<string> {
  const pieces: Buffer[] = []
  const status = await api.get(`${SERVICES}?limit=1`, signal, (piece) => void pieces.push(piece))
  const version = status === 200 ? versionOf(jsonOf(Buffer.concat(pieces).toString())) : ''
  if (version === '') throw new ApiFailure('broken', `Services could not be listed (${status})`)
  return version
}

/** A watch: an object a line. */
class Events {
  version: string
  private readonly changed: () => void
  private readonly stop = new AbortController()
  private pieces: Buffer[] = []
  private bytes = 0

  constructor(version: string, changed: () => void) {
    this.version = version
    this.changed = changed
  }

  /** Aborted where what comes is no watch. */
  get broken(): AbortSignal {
    return this.stop.signal
  }

  take(piece: Buffer): void {
    let from = 0
    for (let end = piece.indexOf('\n'); end >= 0; end = piece.indexOf('\n', from)) {
      this.keep(piece.subarray(from, end))
      this.event(Buffer.concat(this.pieces).toString())
      ;[this.pieces, this.bytes, from] = [[], 0, end + 1]
    }
    this.keep(piece.subarray(from))
  }

  private keep(piece: Buffer): void {
    this.bytes += piece.length
    if (this.bytes > MOST_LINE) this.stop.abort()
    else if (piece.length > 0) this.pieces.push(piece)
  }

  private event(line: string): void {
    const { type, object } = jsonOf(line)
    if (type === 'ERROR') {
      this.version = '' // 410: too old
      return
    }
    const version = versionOf(record(object))
    if (version === '') return
    this.version = version
    if (type !== 'BOOKMARK') this.changed()
  }
}

function versionOf(object: Raw): string {
  return text(record(object['metadata'])['resourceVersion'])
}

function jsonOf(said: string): Raw {
  try {
    return record(parseBoundedJson(said))
  } catch (cause) {
    if (cause instanceof SyntaxError || cause instanceof RangeError) return {}
    throw cause
  }
}
