import type { Gap } from '../known.js'
import type { AgentState } from './agent-state.js'
import { metalLbInstalls } from './announcers/metallb/install.js'
import { readSpeakerMetrics } from './announcers/metallb/speaker-metrics.js'
import { isAtLeast } from './announcers/version.js'
import { type ApiConnection, ApiFailure } from './api-connection.js'
import { limiter } from './limiter.js'
import type { ClusterSnapshot } from './model.js'

interface MetricsPort {
  readonly scheme: 'http' | 'https'
  readonly port: number
}

/** A speaker to ask. */
export interface SpeakerPod {
  readonly namespace: string
  readonly name: string
  readonly node: string
  /** Where its metrics are, likeliest first. */
  readonly ports: readonly MetricsPort[]
}

export interface AskedSpeakers {
  readonly states: readonly AgentState[]
  readonly gaps: readonly Gap[]
}

/** Of so many at most; those in charge of an address are few. */
const MOST_SPEAKERS = 20
const CONCURRENCY = 6
/** All of them together may take so long. */
const MOST_MS = 15_000
const MOST_MEBIBYTES = 4
const MOST_BYTES = MOST_MEBIBYTES * 1024 * 1024

/** Plain HTTP up to 0.15; HTTPS with a review of the caller since 0.16, and behind kube-rbac-proxy before. */
const PLAIN: MetricsPort = { scheme: 'http', port: 7472 }
const SECURE: MetricsPort = { scheme: 'https', port: 9120 }

/** The speakers of MetalLB on these nodes. */
export function speakersOn(
  nodes: readonly string[],
  { workloads, pods }: Pick<ClusterSnapshot, 'workloads' | 'pods'>,
): SpeakerPod[] {
  if (!workloads.known || !pods.known) return []
  const all = metalLbInstalls(workloads.value).flatMap(({ speaker, version }) => {
    const ports = isAtLeast(version, '0.16.0') === true ? [SECURE, PLAIN] : [PLAIN, SECURE]
    return pods.value.flatMap(({ namespace, name, node, owner }) =>
      namespace === speaker.namespace && owner?.name === speaker.name && node !== null && nodes.includes(node)
        ? [{ namespace, name, node, ports }]
        : [],
    )
  })
  return all.slice(0, MOST_SPEAKERS)
}

/** Reads the metrics of speakers through the API server (`get` on `pods/proxy`); what cannot be read is one gap for all alike. */
export async function readSpeakers(
  connection: ApiConnection,
  pods: readonly SpeakerPod[],
  interrupted: AbortSignal,
): Promise<AskedSpeakers> {
  const signal = AbortSignal.any([interrupted, AbortSignal.timeout(MOST_MS)])
  const limit = limiter(CONCURRENCY)
  const asked = await Promise.all(pods.map((pod) => limit(() => askSpeaker(connection, pod, signal))))
  const failures = asked.filter((one) => typeof one === 'string')
  return {
    states: asked.filter((one) => typeof one !== 'string'),
    gaps: [...new Set(failures)].map((reason) => ({
      subject: 'metrics of MetalLB speakers',
      reason: `${reason}, for ${failures.filter((one) => one === reason).length} of ${pods.length}`,
      hint: 'they are optional: deploy/rbac-metrics.yaml has the right to read them',
    })),
  }
}

/** The state, or why there is none. */
async function askSpeaker(
  connection: ApiConnection,
  pod: SpeakerPod,
  signal: AbortSignal,
): Promise<AgentState | string> {
  const reasons: string[] = []
  for (const port of pod.ports) {
    const answer = await getMetrics(connection, pod, port, signal)
    if (typeof answer !== 'string') return answer
    reasons.push(answer)
    if (answer === REFUSED || answer === TOO_MANY) break
  }
  return reasons.at(-1) ?? 'no port of them is known'
}

const REFUSED = 'the API server refuses the verb get on pods/proxy (403)'
const TOO_MANY = `they are larger than ${MOST_MEBIBYTES} MiB`

async function getMetrics(
  connection: ApiConnection,
  { namespace, name, node }: SpeakerPod,
  { scheme, port }: MetricsPort,
  signal: AbortSignal,
): Promise<AgentState | string> {
  const pieces: Buffer[] = []
  let bytes = 0
  const take = (piece: Buffer) => {
    bytes += piece.length
    if (bytes <= MOST_BYTES) pieces.push(piece)
  }
  const pod = `${scheme === 'https' ? 'https:' : ''}${encodeURIComponent(name)}:${port}`
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${pod}/proxy/metrics`
  try {
    const status = await connection.get(path, signal, take)
    const text = Buffer.concat(pieces).toString()
    if (status !== 200) return refusal(status, text, port)
    // a cut text would say that an address is not there
    if (bytes > MOST_BYTES) return TOO_MANY
    const from = `Pod/${namespace}/${name}`
    return readSpeakerMetrics(text, node, from) ?? `port ${port} gives no metrics of MetalLB`
  } catch (error) {
    if (error instanceof ApiFailure) return error.message
    if (signal.aborted) return 'there was no time left to read them'
    throw error
  }
}

/** The API server's own refusal is a Status object; what stands before the metrics (kube-rbac-proxy, MetalLB 0.16) answers in plain text. */
function refusal(status: number, body: string, port: number): string {
  const isStatus = body.trimStart().startsWith('{') && /"kind":\s*"Status"/.test(body)
  if (status === 403 && isStatus) return REFUSED
  if (status === 401 || status === 403)
    return `port ${port} refuses a caller whom the API server hands on without its token (${status})`
  return `port ${port} does not answer (${status})`
}
