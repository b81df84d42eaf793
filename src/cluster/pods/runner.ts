import { CannotLook, type Gap } from '../../known.js'
import type { ApiClient } from '../api-connection.js'
import { record, records, text } from '../normalise/raw.js'
import { namespaceFor } from './admission.js'
import { CLEAN_UP, isOverdue, podsMade, removeMade } from './leftovers.js'
import { askApi } from './pod-api.js'
import { type PodEnd, type PodLog, runPod } from './run-pod.js'
import { type PodTask, podFor } from './spec.js'

/** Runs pods in one cluster, all of them in one namespace, of one image. */
export interface PodRunner {
  readonly image: string
  /** See `runPod`; `place`: as the operator calls it. Null: we were interrupted. Throws CannotLook. */
  run(place: string, task: PodTask, signal: AbortSignal, log: PodLog, left: (gap: Gap) => void): Promise<PodEnd>
}

export interface RunnerOptions {
  readonly image: string
  /** Namespaces where pods with such rights are at home: the announcers'. */
  readonly namespaces: readonly string[]
  /** Longest time until a container runs, ms. */
  readonly startMs: number
}

/** `api` is connected when the first pod is to run. The first one also removes what earlier runs left in its namespace. */
export function podRunner(connect: () => Promise<ApiClient>, { image, namespaces, startMs }: RunnerOptions): PodRunner {
  let connecting: Promise<ApiClient> | null = null
  let choosing: Promise<string> | null = null
  let swept: Promise<void> | null = null
  const run: PodRunner['run'] = async (place, task, signal, log, left) => {
    connecting ??= connect()
    const api = await connecting
    await checkNode(api, task.node, place, signal)
    choosing ??= namespaceFor(api, namespaces, podFor(task, image, startMs), signal)
    const namespace = await choosing
    const made = (createdAt: string) => {
      swept ??= sweep(api, namespace, createdAt, signal, left)
    }
    const end = await runPod(api, task, { namespace, image, place, startMs, made, left }, signal, log)
    await swept
    return end
  }
  return {
    image,
    async run(place, task, signal, log, left) {
      try {
        return await run(place, task, signal, log, left)
      } catch (error) {
        if (signal.aborted) return null
        throw error
      }
    },
  }
}

/** The API takes a pod for a node that is not there, or where nothing will start it. */
async function checkNode(api: ApiClient, node: string, place: string, signal: AbortSignal): Promise<void> {
  const query = new URLSearchParams({ fieldSelector: `metadata.name=${node}` })
  const { status, body } = await askApi(api, { method: 'GET', path: `/api/v1/nodes?${query}` }, signal)
  if (status !== 200) return // who may not list nodes hears from the pod itself whether it starts
  const [found] = records(body['items'])
  const cannot = (reason: string, hint: string) => new CannotLook({ subject: place, reason, hint })
  if (found === undefined)
    throw cannot(`the cluster has no node ${node}`, 'see `kubectl get nodes`: --at takes its name')
  const ready = records(record(found['status'])['conditions']).find(({ type }) => type === 'Ready')
  if (ready && text(ready['status']) !== 'True')
    throw cannot(`${node} is not ready: no pod would start there`, 'look from another node, or over ssh: --at ssh:HOST')
}

/** Compared with the time that the API server gave to a pod just now: no other clock has a part in it. */
async function sweep(
  api: ApiClient,
  namespace: string,
  now: string,
  signal: AbortSignal,
  left: (gap: Gap) => void,
): Promise<void> {
  try {
    const over = (await podsMade(api, namespace, signal)).filter((pod) => isOverdue(pod, Date.parse(now)))
    for (const pod of over) {
      const why = await removeMade(api, pod)
      if (why !== null)
        left({
          subject: `pod ${namespace}/${pod.name}`,
          reason: `an earlier run left it, and it cannot be removed: ${why}`,
          hint: CLEAN_UP(pod.namespace),
        })
    }
  } catch (error) {
    if (signal.aborted) return
    if (!(error instanceof CannotLook)) throw error
    left(error.gap)
  }
}
