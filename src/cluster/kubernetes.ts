import { Agent, type RequestOptions } from 'node:https'
import type { KubeConfig } from '@kubernetes/client-node'
import { CannotLook } from '../known.js'
import type { ApiConnection } from './api-connection.js'
import { getPieces } from './get-pieces.js'
import { logIn } from './login.js'

export interface ClusterAccess {
  /** `--kubeconfig`; null: KUBECONFIG, ~/.kube/config, then the service account of a pod. */
  readonly kubeconfig: string | null
  /** `--context`; null: the current one. */
  readonly context: string | null
  /** Longest wait for one whole answer, in milliseconds. */
  readonly timeoutMs: number
}

/** At most so many requests at a time. */
export const CONCURRENCY = 6

/**
 * Connects with the operator's own configuration; tokens, certificates, exec plugins, OIDC and proxies are the
 * client's work, listing is ours: its typed decoding costs several times the JSON parse. Throws `CannotLook`.
 */
export async function connect(access: ClusterAccess): Promise<ApiConnection> {
  const { KubeConfig } = await import('@kubernetes/client-node')
  const config = load(new KubeConfig(), access)
  const cluster = config.getCurrentCluster()
  if (!cluster) throw noConfig(access, `context ${config.getCurrentContext()} names no cluster`)
  const server = cluster.server.replace(/\/+$/, '')
  const options = await logIn(config, { server, kubeconfig: access.kubeconfig })
  if (!cluster.proxyUrl && server.startsWith('https:')) options.agent = keepAlive(options)
  return {
    server,
    get: (path, signal, take) => getPieces(`${server}${path}`, options, access.timeoutMs, signal, take),
    close: () => (options.agent as Agent | undefined)?.destroy(),
  }
}

function load(config: KubeConfig, access: ClusterAccess): KubeConfig {
  try {
    if (access.kubeconfig === null) config.loadFromDefault()
    else config.loadFromFile(access.kubeconfig)
  } catch (cause) {
    throw noConfig(access, (cause as Error).message, cause)
  }
  if (config.getCurrentContext() === 'loaded-context') throw noConfig(access, 'no kubeconfig found')
  if (access.context !== null) useContext(config, access.context)
  return config
}

function useContext(config: KubeConfig, name: string): void {
  if (!config.getContextObject(name)) {
    const names = config.getContexts().map((context) => context.name)
    throw new CannotLook({
      subject: `kubeconfig context ${name}`,
      reason: `there is no such context; there are ${names.join(', ') || 'none'}`,
      hint: 'name one of them with --context',
    })
  }
  config.setCurrentContext(name)
}

/** The client's agent opens a connection for each request; a listing of many pages wants them kept. */
function keepAlive(options: RequestOptions): Agent {
  const { ca, cert, key, servername, rejectUnauthorized } = options
  const tls = { ca, cert, key, servername, rejectUnauthorized }
  const given = Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined))
  return new Agent({ ...given, keepAlive: true, maxSockets: CONCURRENCY })
}

function noConfig(access: ClusterAccess, reason: string, cause?: unknown): CannotLook {
  return new CannotLook(
    {
      subject: access.kubeconfig ?? 'kubeconfig',
      reason,
      hint: 'name a kubeconfig with --kubeconfig, or give the objects as files with --cluster-from',
    },
    { cause },
  )
}
