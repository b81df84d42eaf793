import type { IncomingMessage, ServerResponse } from 'node:http'
import type { KubeObject } from '../api-selectors.js'
import { recorded } from './recorded.js'

/** What a real API server says of a version that is too old, and of an object that changed: fixtures/api. */
const TOO_OLD = recorded('too-old-watch').response.body
const [MODIFIED] = recorded('watch').response.body as unknown as readonly [
  { readonly object: KubeObject & { readonly metadata: object } },
]

/** A stand-in for watches of Services, beside the API server of the tests: each lasts until it is cut, or is too old. */
export class ServiceWatches {
  private readonly open = new Set<ServerResponse>()
  /** Versions before this one are too old. */
  private oldest = 0
  private version = 5000
  /** Refuses, as RBAC does. */
  isForbidden = false

  readonly beside = (_user: string, { url = '' }: IncomingMessage, response: ServerResponse): boolean => {
    const { pathname, searchParams } = new URL(url, 'https://localhost')
    if (pathname !== '/api/v1/services' || !searchParams.has('watch')) return false
    if (this.isForbidden) {
      response.writeHead(403, { 'content-type': 'application/json' }).end('{"kind":"Status","code":403}')
      return true
    }
    response.writeHead(200, { 'content-type': 'application/json' })
    if (Number(searchParams.get('resourceVersion')) < this.oldest) {
      response.end(`${JSON.stringify(TOO_OLD)}\n`)
      return true
    }
    response.flushHeaders()
    this.open.add(response)
    response.on('close', () => this.open.delete(response))
    return true
  }

  get count(): number {
    return this.open.size
  }

  /** An event for a Service, with a version of its own; answers with that. */
  send(type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'): string {
    this.version += 1
    const object = {
      ...MODIFIED.object,
      metadata: { ...MODIFIED.object.metadata, resourceVersion: String(this.version) },
    }
    const line = `${JSON.stringify({ type, object })}\n`
    for (const response of this.open) {
      response.write(line.slice(0, 40)) // a piece ends where it likes
      response.write(line.slice(40))
    }
    return String(this.version)
  }

  /** Ends all watches; from now on what they could go on from is too old. */
  expire(): void {
    this.oldest = this.version + 1
    for (const response of this.open) response.end(`${JSON.stringify(TOO_OLD)}\n`)
  }

  /** Ends all watches, as a load balancer does. */
  cut(): void {
    for (const response of this.open) response.destroy()
  }
}
