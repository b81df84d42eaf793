import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { recorded } from './recorded.js'

const PATH = /^\/apis\/coordination\.k8s\.io\/v1\/namespaces\/([^/]+)\/leases(?:\/([^/]+))?$/

interface Lease {
  metadata: { name: string; resourceVersion?: string; annotations?: Record<string, string> }
  spec: { holderIdentity: string; leaseDurationSeconds: number; leaseTransitions: number; renewTime: string }
}

/** A stand-in for Leases, beside the API server of the tests: what it says of a write is what a real one said (fixtures/api). */
export class Leases {
  private readonly all = new Map<string, Lease>()
  private written = 100
  isForbidden = false
  /** Somebody else writes to each Lease just before we do, and leaves its holder. */
  isContended = false
  /** What it answers, whatever it is asked. */
  always: Answer | null = null

  readonly beside = (_user: string, request: IncomingMessage, response: ServerResponse): boolean => {
    const { pathname } = new URL(request.url ?? '', 'https://localhost')
    const [, namespace, name] = PATH.exec(pathname) ?? []
    if (namespace === undefined) return false
    void text(request).then((body) => say(response, this.answerTo(request.method ?? '', name, body)))
    return true
  }

  holder(name: string): string | undefined {
    return this.all.get(name)?.spec.holderIdentity
  }

  /** Another one after each write. */
  version(name: string): string | undefined {
    return this.all.get(name)?.metadata.resourceVersion
  }

  transitions(name: string): number | undefined {
    return this.all.get(name)?.spec.leaseTransitions
  }

  annotations(name: string): Readonly<Record<string, string>> | undefined {
    return this.all.get(name)?.metadata.annotations
  }

  /** As whoever may write it can. */
  set(name: string, holderIdentity: string, leaseDurationSeconds = 15, annotations: Record<string, string> = {}): void {
    const { body } = recorded('lease-created').response
    const lease = structuredClone(body) as unknown as Lease
    lease.metadata = { name, annotations }
    lease.spec = { ...lease.spec, holderIdentity, leaseDurationSeconds }
    this.keep(lease)
  }

  remove(name: string): void {
    this.all.delete(name)
  }

  private answerTo(method: string, name: string | undefined, body: string): Answer {
    if (this.always !== null) return this.always
    const sent = body === '' ? null : (JSON.parse(body) as Lease)
    const known = this.all.get(name ?? sent?.metadata.name ?? '')
    if (method !== 'GET' && this.isForbidden) return recorded('forbidden-lease-update').response
    if (method === 'GET') {
      const none = { kind: 'Status', code: 404, message: `leases "${name}" not found` }
      return known ? { status: 200, body: known } : { status: 404, body: none }
    }
    if (method === 'POST' && known) return recorded('lease-create-again').response
    if (method === 'PUT' && known && this.isContended) this.keep(known)
    if (method === 'PUT' && sent?.metadata.resourceVersion !== this.all.get(name ?? '')?.metadata.resourceVersion)
      return recorded('lease-update-conflict').response
    return { status: method === 'POST' ? 201 : 200, body: this.keep(sent!) }
  }

  private keep(lease: Lease): Lease {
    this.written += 1
    const kept = { ...lease, metadata: { ...lease.metadata, resourceVersion: String(this.written) } }
    this.all.set(lease.metadata.name, kept)
    return kept
  }
}

interface Answer {
  readonly status: number
  readonly body: unknown
}

function say(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
