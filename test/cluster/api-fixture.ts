import { readFileSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'
import { CONCURRENCY, connect } from '../../src/cluster/kubernetes.js'
import type { ClusterSnapshot } from '../../src/cluster/model.js'
import { readCluster } from '../../src/cluster/read-cluster.js'
import type { KubeObject } from './api-selectors.js'
import { ApiServer, type ApiServerOptions, type RbacRule } from './api-server.js'
import { type Certificates, makeCertificates } from './certificates.js'
import { base64, type KubeUser, writeKubeconfig } from './kubeconfig.js'

// loading the client takes seconds on a busy machine; here it counts against no test
await import('@kubernetes/client-node')

export const THREE_NODES = 'fixtures/clusters/metallb-three-nodes/cluster.yaml'
/** The newest time in that fixture, so that live and file reading see the same age of everything. */
export const OBSERVED_AT = new Date('2026-03-01T12:00:30.123Z')

export function objectsOf(path: string): KubeObject[] {
  return parseAllDocuments(readFileSync(path, 'utf8')).map((document) => document.toJS() as KubeObject)
}

/** The rules of deploy/rbac.yaml. */
export function shippedRules(): RbacRule[] {
  return (objectsOf('deploy/rbac.yaml')[0] as unknown as { rules: RbacRule[] }).rules
}

/** A running server, a kubeconfig for it, and a way to read it with the real client. */
export class ApiFixture {
  readonly server: ApiServer
  private readonly certificates: Certificates
  url = ''
  private kubeconfig: { readonly path: string; remove(): void } | null = null

  constructor(rules?: readonly RbacRule[], certificates = makeCertificates(), beside?: ApiServerOptions['beside']) {
    this.certificates = certificates
    const tokens = { 'secret-token': 'admin', 'reader-token': 'reader' }
    this.server = new ApiServer({
      certificates,
      tokens,
      ...(rules && { roles: { reader: rules } }),
      ...(beside && { beside }),
    })
  }

  async start(objects: readonly KubeObject[], name?: string): Promise<void> {
    this.server.add(objects)
    this.url = await this.server.start(name)
    this.kubeconfig = writeKubeconfig(this.url, this.certificates.ca, this.users())
  }

  /** Reads with the named user of the kubeconfig. */
  async read(user = 'token', timeoutMs = 5000): Promise<ClusterSnapshot> {
    const connection = await connect({ kubeconfig: this.path, context: user, timeoutMs })
    return readCluster(connection, {
      now: () => OBSERVED_AT,
      concurrency: CONCURRENCY,
      interrupted: new AbortController().signal,
    })
  }

  get path(): string {
    return this.kubeconfig!.path
  }

  async stop(): Promise<void> {
    await this.server.stop()
    this.kubeconfig?.remove()
  }

  private users(): Record<string, KubeUser> {
    const { cert, key } = this.certificates.client
    const credential = {
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: 'secret-token' },
    }
    const exec = { apiVersion: credential.apiVersion, command: 'echo', args: [JSON.stringify(credential)] }
    return {
      token: { token: 'secret-token' },
      certificate: { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) },
      exec: { exec },
      reader: { token: 'reader-token' },
      stranger: { token: 'nobody-knows-this' },
    }
  }
}
