import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { type KubeObject, matchesFields, matchesLabels } from './api-selectors.js'
import type { Certificates } from './certificates.js'

/**
 * A Kubernetes API server as far as a reader can tell: HTTPS with a CA of its own, bearer tokens and client
 * certificates, RBAC, list with paging and resource versions, selectors, 404 for what is not installed, and faults on
 * demand. It shares no code with the reader.
 */
export class ApiServer {
  /** Every request it got, in order. */
  readonly requests: { readonly method: string; readonly url: string; readonly user: string }[] = []
  private readonly server: Server
  private readonly options: ApiServerOptions
  private readonly tokens: Map<string, string>
  private readonly objects = new Map<string, KubeObject[]>()
  private readonly faults = new Map<string, Fault>()
  private resourceVersion = 1000

  constructor(options: ApiServerOptions) {
    this.options = options
    this.tokens = new Map(Object.entries(options.tokens))
    const { ca, server } = options.certificates
    const tls = { ca, ...server, requestCert: true, rejectUnauthorized: false }
    this.server = createServer(tls, (request, response) => this.handle(request, response))
    for (const resource of BUILTIN) this.objects.set(resource, [])
  }

  /** `name`: of this machine, as its certificate has it. */
  async start(name = 'localhost'): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, name === 'localhost' ? '127.0.0.1' : name, resolve))
    return `https://${name}:${(this.server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  /** Serves these objects beside those it has; a custom resource is installed by its first one. */
  add(objects: readonly KubeObject[]): void {
    for (const object of objects) {
      const path = pathOf(object)
      const list = this.objects.get(path) ?? []
      this.objects.set(path, list)
      list.push(object)
    }
  }

  /** Serves these objects and no others. */
  replace(objects: readonly KubeObject[]): void {
    for (const path of this.objects.keys()) this.objects.set(path, [])
    this.add(objects)
  }

  /** Takes another token for this user's. */
  allow(token: string, user: string): void {
    this.tokens.set(token, user)
  }

  /** Has other certificates, takes those of clients by the new CA only and no token but these; whoever is connected is cut off. */
  rotate({ ca, server }: Certificates, tokens: Readonly<Record<string, string>>): void {
    this.server.setSecureContext({ ca, ...server })
    this.tokens.clear()
    for (const [token, user] of Object.entries(tokens)) this.tokens.set(token, user)
    this.server.closeAllConnections()
  }

  /** Installs a custom resource without objects. */
  install(path: string): void {
    this.objects.set(path, this.objects.get(path) ?? [])
  }

  /** Misbehaves for one resource, by its plural. */
  fail(plural: string, fault: Fault): void {
    this.faults.set(plural, fault)
  }

  /** Every object it serves as typed lists, as `kubectl get --raw` prints them. */
  dump(): KubeObject[] {
    return [...this.objects].map(([path, items]) => ({ ...listHead(path), metadata: {}, items }))
  }

  private handle(request: IncomingMessage, response: ServerResponse): void {
    const user = this.userOf(request)
    this.requests.push({ method: request.method ?? '', url: request.url ?? '', user: user ?? '' })
    if (user === null) {
      status(response, 401, 'Unauthorized')
      return
    }
    if (this.options.beside?.(user, request, response)) return
    const { pathname, searchParams } = new URL(request.url ?? '', 'https://localhost')
    const path = pathname.replace(/^\/apis?\//, '')
    const plural = path.slice(path.lastIndexOf('/') + 1)
    if (!this.allowed(user, request.method ?? '', path, searchParams)) {
      forbid(response, user, path)
      return
    }
    if (this.misbehave(plural, searchParams, response)) return
    const list = this.objects.get(path)
    if (list) this.answer(response, path, list, searchParams)
    else notFound(response)
  }

  private userOf(request: IncomingMessage): string | null {
    const socket = request.socket as TLSSocket
    const { subject } = socket.getPeerCertificate()
    if (socket.authorized && subject) return String(subject.CN)
    const token = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
    return this.tokens.get(token) ?? null
  }

  private allowed(user: string, method: string, path: string, query: URLSearchParams): boolean {
    const rules = this.options.roles?.[user]
    if (!rules) return true
    const parts = path.split('/')
    const group = parts.length === 2 ? '' : parts[0]!
    const name = /^metadata\.name=([^,]*)$/.exec(query.get('fieldSelector') ?? '')?.[1]
    return rules.some(
      (rule) =>
        method === 'GET' &&
        rule.verbs.includes('list') &&
        rule.apiGroups.includes(group) &&
        rule.resources.includes(parts.at(-1)!) &&
        (!rule.resourceNames || (name !== undefined && rule.resourceNames.includes(name))),
    )
  }

  /** True when a fault has taken the request over. */
  private misbehave(plural: string, query: URLSearchParams, response: ServerResponse): boolean {
    const fault = this.faults.get(plural)
    if (fault === 'never-answers') return true
    if (fault === 'breaks-off') {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
      response.write('{"items":[')
      setTimeout(() => response.destroy(), 5)
      return true
    }
    if (fault === 'not-json') {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Please log in</html>')
      return true
    }
    if (fault === 'fails') {
      status(response, 500, 'etcdserver: request timed out')
      return true
    }
    const expired = fault === 'always-expires' || fault === 'expires-once'
    if (!expired || !query.has('continue')) return false
    if (fault === 'expires-once') this.faults.delete(plural)
    status(response, 410, 'The provided continue parameter is too old')
    return true
  }

  private answer(response: ServerResponse, path: string, all: readonly KubeObject[], query: URLSearchParams): void {
    const chosen = all.filter(
      (object) =>
        matchesLabels(object, query.get('labelSelector') ?? '') &&
        matchesFields(object, query.get('fieldSelector') ?? ''),
    )
    const limit = Number(query.get('limit') ?? 0) || chosen.length
    const start = Number(Buffer.from(query.get('continue') ?? '', 'base64').toString() || 0)
    const end = start + limit
    this.resourceVersion += 1
    const more = end < chosen.length
    const metadata = {
      resourceVersion: String(this.resourceVersion),
      ...(more && { continue: Buffer.from(String(end)).toString('base64'), remainingItemCount: chosen.length - end }),
    }
    // items of a list carry neither kind nor apiVersion
    const items = chosen.slice(start, end).map(({ kind: _, apiVersion: __, ...object }) => object)
    send(response, 200, { ...listHead(path), metadata, items })
  }
}

export interface ApiServerOptions {
  readonly certificates: Certificates
  /** Token → user. */
  readonly tokens: Readonly<Record<string, string>>
  /** User → rules; a user without an entry may do everything. */
  readonly roles?: Readonly<Record<string, readonly RbacRule[]>>
  /** Takes requests before all else; false: they are not its own. */
  readonly beside?: (user: string, request: IncomingMessage, response: ServerResponse) => boolean
}

export interface RbacRule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
  readonly resourceNames?: readonly string[]
}

export type Fault = 'never-answers' | 'breaks-off' | 'not-json' | 'fails' | 'expires-once' | 'always-expires'

/** Resource path → kind, for all that the tests serve. */
const KIND_OF: Readonly<Record<string, string>> = {
  'v1/nodes': 'Node',
  'v1/services': 'Service',
  'v1/events': 'Event',
  'v1/pods': 'Pod',
  'v1/configmaps': 'ConfigMap',
  'v1/secrets': 'Secret',
  'apps/v1/daemonsets': 'DaemonSet',
  'apps/v1/deployments': 'Deployment',
  'discovery.k8s.io/v1/endpointslices': 'EndpointSlice',
  'coordination.k8s.io/v1/leases': 'Lease',
  'metallb.io/v1beta1/ipaddresspools': 'IPAddressPool',
  'metallb.io/v1beta1/addresspools': 'AddressPool',
  'metallb.io/v1alpha1/addresspools': 'AddressPool',
  'metallb.io/v1beta1/l2advertisements': 'L2Advertisement',
  'metallb.io/v1beta1/bgpadvertisements': 'BGPAdvertisement',
  'metallb.io/v1beta1/servicel2statuses': 'ServiceL2Status',
  'metallb.io/v1beta1/configurationstates': 'ConfigurationState',
  'cilium.io/v2alpha1/ciliuml2announcementpolicies': 'CiliumL2AnnouncementPolicy',
  'cilium.io/v2alpha1/ciliumloadbalancerippools': 'CiliumLoadBalancerIPPool',
  'network.kubesphere.io/v1alpha2/eips': 'Eip',
  'purelb.io/v1/servicegroups': 'ServiceGroup',
  'redhatcop.redhat.io/v1alpha1/keepalivedgroups': 'KeepalivedGroup',
  'crd.projectcalico.org/v1/bgpconfigurations': 'BGPConfiguration',
  'crd.projectcalico.org/v1/felixconfigurations': 'FelixConfiguration',
  'crd.projectcalico.org/v1/ippools': 'IPPool',
  'k8s.ovn.org/v1/egressips': 'EgressIP',
  'purelb.io/v1/lbnodeagents': 'LBNodeAgent',
}

/** Every resource the server knows, built-in or custom. */
export const RESOURCE_PATHS = Object.keys(KIND_OF)
const BUILTIN = RESOURCE_PATHS.filter((path) => /^(v1|apps|discovery\.k8s\.io|coordination\.k8s\.io)\//.test(path))

function pathOf({ apiVersion, kind }: KubeObject): string {
  const path = RESOURCE_PATHS.find((path) => path.startsWith(`${apiVersion}/`) && KIND_OF[path] === kind)
  if (path === undefined) throw new Error(`the test API server does not know ${apiVersion} ${kind}`)
  return path
}

function listHead(path: string): { apiVersion: string; kind: string } {
  return { apiVersion: path.slice(0, path.lastIndexOf('/')), kind: `${KIND_OF[path]}List` }
}

function forbid(response: ServerResponse, user: string, path: string): void {
  status(
    response,
    403,
    `${path.split('/').at(-1)} is forbidden: User "${user}" cannot list resource at the cluster scope`,
  )
}

function status(response: ServerResponse, code: number, message: string): void {
  send(response, code, { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code })
}

/** What the aggregator says of a group that nobody serves. */
function notFound(response: ServerResponse): void {
  response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found\n')
}

function send(response: ServerResponse, code: number, body: unknown): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
