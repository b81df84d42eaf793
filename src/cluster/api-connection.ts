/** A JSON GET to an API server. Anything but an HTTP answer is an `ApiFailure`. */
export interface ApiConnection {
  /** The server's URL, for people. */
  readonly server: string
  get(path: string, signal: AbortSignal): Promise<ApiAnswer>
  close(): void
}

export interface ApiAnswer {
  readonly status: number
  /** The parsed body; null when it is not JSON. */
  readonly body: unknown
}

/** `unreachable`: no connection, no TLS or no credentials; `timeout`: no whole answer in time; `broken`: it ended early. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure'
  readonly kind: 'unreachable' | 'timeout' | 'broken'
  constructor(kind: ApiFailure['kind'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}
