import { Agent, type RequestOptions } from 'node:https'
import type { KubeConfig } from '@kubernetes/client-node'
import { CannotLook } from '../known.js'
import type { ApiClient, ApiRequest } from './api-connection.js'
import { getPieces } from './get-pieces.js'
import { checkCredentials, KubeconfigFault, type KubeconfigFile, kubeconfigFiles, loadFiles } from './kubeconfig.js'
import { logIn } from './login.js'
import { limitPlugins, type PluginLimit } from './plugin-deadline.js'

export interface ClusterAccess {
  /** `--kubeconfig`; null: KUBECONFIG, ~/.kube/config, then the service account of a pod. */
  readonly kubeconfig: string | null
  /** `--context`; null: the current one. */
  readonly context: string | null
  /** Longest wait for one whole answer, in milliseconds. */
  readonly timeoutMs: number
  /** Absent: a credential plugin takes as long as somebody needs to log in. */
  readonly plugin?: PluginLimit
}

/** With the length: Node sends a body with DELETE as it is, and the server would take it for the next request. */
function headersFor(text: string, method: ApiRequest['method']) {
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
  return { 'content-type': type, 'content-length': Buffer.byteLength(text) }
}

/** At most so many requests at a time. */
export const CONCURRENCY = 6

/**
 * Connects with the operator's own configuration; tokens, certificates, exec plugins, OIDC and proxies are the
 * client's work, listing is ours: its typed decoding costs several times the JSON parse. Throws `CannotLook`.
 */
export async function connect(access: ClusterAccess): Promise<ApiClient> {
  const { KubeConfig } = await import('@kubernetes/client-node')
  const files = await kubeconfigFiles(access.kubeconfig).catch((cause) => {
    throw noConfig(access, (cause as Error).message, cause)
  })
  const config = load(new KubeConfig(), access, files, () => new KubeConfig())
  const cluster = config.getCurrentCluster()
  if (!cluster) throw withoutCluster(config, access)
  const server = cluster.server.replace(/\/+$/, '')
  if (access.plugin !== undefined) limitPlugins(config, access.plugin)
  const options = await logIn(config, { server, files })
  if (!cluster.proxyUrl && server.startsWith('https:')) options.agent = keepAlive(options)
  return {
    server,
    get: (path, signal, take) => getPieces(`${server}${path}`, options, access.timeoutMs, signal, take),
    ask: ({ method, path, body, timeoutMs = access.timeoutMs }, signal, take) => {
      const text = body === undefined ? undefined : JSON.stringify(body)
      const headers = { ...options.headers, ...(text === undefined ? {} : headersFor(text, method)) }
      return getPieces(`${server}${path}`, { ...options, method, headers }, timeoutMs, signal, take, text)
    },
    close: () => (options.agent as Agent | undefined)?.destroy(),
  }
}

function load(
  config: KubeConfig,
  access: ClusterAccess,
  files: readonly KubeconfigFile[],
  another: () => KubeConfig,
): KubeConfig {
  try {
    if (files.length > 0) loadFiles(config, files, another)
    else config.loadFromDefault()
  } catch (cause) {
    throw noConfig(access, (cause as Error).message, cause)
  }
  if (config.getCurrentContext() === 'loaded-context') throw noConfig(access, 'no kubeconfig found')
  if (access.context !== null) useContext(config, access.context)
  try {
    checkCredentials(config)
  } catch (cause) {
    throw noConfig(access, (cause as Error).message, cause)
  }
  return config
}

/** What of a configuration that was read does not lead to a cluster. */
function withoutCluster(config: KubeConfig, access: ClusterAccess): CannotLook {
  const name = config.getCurrentContext()
  const context = config.getContextObject(name)
  const names = config.getContexts().map((one) => one.name)
  if (context) {
    const reason = `context ${name} names the cluster ${context.cluster}, which the kubeconfig does not have`
    return noConfig(access, reason, undefined, 'see `kubectl config view`, or name another context with --context')
  }
  if (names.length === 0) return noConfig(access, 'the kubeconfig has no context')
  const reason = name ? `the current context ${name} does not exist` : 'no current context is set'
  return noConfig(access, `${reason}; there are ${names.join(', ')}`, undefined, 'name one of them with --context')
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

/** The client's agent opens a connection for each request; a listing of many pages wants them kept. A log that is followed has its own. */
function keepAlive(options: RequestOptions): Agent {
  const { ca, cert, key, servername, rejectUnauthorized } = options
  const tls = { ca, cert, key, servername, rejectUnauthorized }
  const given = Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined))
  return new Agent({ ...given, keepAlive: true, maxFreeSockets: CONCURRENCY })
}

const NAME_ANOTHER = 'name a kubeconfig with --kubeconfig, or give the objects as files with --cluster-from'

function noConfig(access: ClusterAccess, reason: string, cause?: unknown, hint = NAME_ANOTHER): CannotLook {
  const subject = cause instanceof KubeconfigFault ? cause.path : (access.kubeconfig ?? 'kubeconfig')
  return new CannotLook({ subject, reason, hint }, { cause })
}
