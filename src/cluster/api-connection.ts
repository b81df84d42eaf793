/** A GET to an API server. Anything but an HTTP answer is an `ApiFailure`. */
export interface ApiConnection {
  /** The server's URL, for people. */
  readonly server: string
  /** The HTTP status, once `take` got the whole body. */
  get(path: string, signal: AbortSignal, take: TakePiece): Promise<number>
  close(): void
}

/** A connection that changes something too. */
export interface ApiClient extends ApiConnection {
  /** Like `get`, with any method; `timeoutMs` in place of the connection's own. */
  ask(request: ApiRequest, signal: AbortSignal, take: TakePiece): Promise<number>
}

export interface ApiRequest {
  /** PATCH: a JSON merge patch. */
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  /** Sent as JSON. */
  readonly body?: unknown
  readonly timeoutMs?: number
}

/** Gets a body piece by piece; must not throw. */
export type TakePiece = (piece: Buffer) => void

/** `unreachable`: no connection, no TLS or no credentials; `timeout`: no whole answer in time; `broken`: it ended early. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure'
  readonly kind: 'unreachable' | 'timeout' | 'broken'
  constructor(kind: ApiFailure['kind'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}
