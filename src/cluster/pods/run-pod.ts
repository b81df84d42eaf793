import { setTimeout as sleep } from 'node:timers/promises'
import { CannotLook, type Gap } from '../../known.js'
import { sh } from '../../shell.js'
import type { ApiClient } from '../api-connection.js'
import { record, text } from '../normalise/raw.js'
import { answered, askApi, podsPath, removal, saidOf } from './pod-api.js'
import { CONTAINER, type PodTask, podFor } from './spec.js'
import { type PodAt, type PodStatus, startTrouble, statusOf, stillPending } from './trouble.js'

export interface RunOptions {
  readonly namespace: string
  readonly image: string
  /** As the operator calls the place, for words. */
  readonly place: string
  /** Longest time until the container runs, ms. */
  readonly startMs: number
  /** The first of this run has been made: at that time of the API server's clock. */
  readonly made?: (createdAt: string) => void
  /** A pod that could not be removed. */
  readonly left: (gap: Gap) => void
}

/** Takes the log of a container apart. One that broke off is handed over again from its first byte, after `restart`. */
export interface PodLog {
  take(piece: Buffer): void
  restart(): void
  /** The container has said all that it was to say. */
  isComplete(): boolean
}

/** How it ended; null: we were interrupted. */
export type PodEnd = PodStatus | null

const POLL_MS = 400
const REMOVE_MS = 10_000
/** A kubelet reports the end of a container within a second or two of it. */
const SETTLE_MS = 6000

/**
 * Makes a pod, hands over its log as it comes, and removes it, whatever happens. Throws CannotLook where it never ran, or where
 * its log cannot be read.
 */
export async function runPod(
  api: ApiClient,
  task: PodTask,
  options: RunOptions,
  signal: AbortSignal,
  log: PodLog,
): Promise<PodEnd> {
  const { name, uid } = await create(api, task, options, signal)
  const path = podsPath(options.namespace, name)
  const at = { place: options.place, node: task.node, image: options.image, pod: name }
  try {
    const started = await start(api, path, at, options.startMs, signal)
    if (started === null) return null
    return await follow(api, path, { ...at, deadlineSeconds: task.deadlineSeconds }, signal, log)
  } catch (error) {
    if (signal.aborted) return null
    throw error
  } finally {
    await remove(api, path, uid, options, name)
  }
}

async function create(
  api: ApiClient,
  task: PodTask,
  { namespace, image, place, made }: RunOptions,
  signal: AbortSignal,
): Promise<{ readonly name: string; readonly uid: string }> {
  const request = { method: 'POST', path: podsPath(namespace), body: podFor(task, image) } as const
  let answer = await askApi(api, request, signal)
  // the API server makes the name up, and may hit on one that is taken
  if (answer.status === 409) answer = await askApi(api, request, signal)
  const { name, uid, creationTimestamp } = record(answer.body['metadata'])
  if (answer.status !== 201 || text(name) === '') {
    const hint = 'create, get, list and delete pods, get pods/log: deploy/vantage.yaml has the role'
    throw new CannotLook({ subject: place, reason: `no pod can be made in ${namespace}: ${saidOf(answer)}`, hint })
  }
  made?.(text(creationTimestamp))
  return { name: text(name), uid: text(uid) }
}

/** Waits until the container runs, or has run. Null when interrupted. */
async function start(
  api: ApiClient,
  path: string,
  at: PodAt,
  startMs: number,
  signal: AbortSignal,
): Promise<PodStatus | null> {
  const end = performance.now() + startMs
  for (;;) {
    if (signal.aborted) return null
    const status = await read(api, path, at, signal)
    const trouble = startTrouble(status, at)
    if (trouble) throw new CannotLook(trouble)
    if (status.phase !== 'Pending') return status
    if (performance.now() > end) throw new CannotLook(stillPending(status, startMs / 1000, at))
    await sleep(POLL_MS, undefined, { signal }).catch(() => {})
  }
}

async function read(api: ApiClient, path: string, { place, pod }: PodAt, signal: AbortSignal): Promise<PodStatus> {
  const answer = await askApi(api, { method: 'GET', path }, signal)
  if (answer.status === 200) return statusOf(answer.body)
  const gone = answer.status === 404
  throw new CannotLook({
    subject: place,
    reason: gone ? `somebody removed its pod ${pod}` : `its pod ${pod} cannot be read: ${saidOf(answer)}`,
    hint: gone ? 'run it again' : 'grant the verb get on pods: deploy/vantage.yaml',
  })
}

/** Reads the log to its end, and once more where it lacks its end although the container has ended. */
async function follow(
  api: ApiClient,
  path: string,
  { deadlineSeconds, place }: PodAt & Pick<PodTask, 'deadlineSeconds'>,
  signal: AbortSignal,
  log: PodLog,
): Promise<PodEnd> {
  const timeoutMs = deadlineSeconds * 1000
  const end = performance.now() + timeoutMs
  for (let wasRead = false; ; ) {
    const request = { method: 'GET', path: `${path}/log?container=${CONTAINER}&follow=true`, timeoutMs } as const
    let refusal = ''
    log.restart()
    const status = await answered(api, request, signal, (piece) => {
      log.take(piece)
      if (refusal.length < 1000) refusal += piece.toString()
    })
    if (status !== 200) throw unread(place, { status, body: { message: refusal } })
    const said = log.isComplete() ? ENDED_WELL : await settled(api, path, signal)
    if (log.isComplete() || wasRead || performance.now() > end) return said
    wasRead = said.phase !== 'Running'
  }
}

const ENDED_WELL: PodStatus = { phase: 'Succeeded', reason: null, message: '', waiting: null, exit: null }
const GONE: PodStatus = { ...ENDED_WELL, phase: 'Failed', reason: 'Deleted', message: 'somebody removed the pod' }

/** How the container ended, or that it runs on: the kubelet takes a moment to say so. */
async function settled(api: ApiClient, path: string, signal: AbortSignal): Promise<PodStatus> {
  const end = performance.now() + SETTLE_MS
  for (;;) {
    const answer = await askApi(api, { method: 'GET', path }, signal)
    const status = answer.status === 404 ? GONE : statusOf(answer.body)
    if (status.phase !== 'Running' || performance.now() > end) return status
    await sleep(POLL_MS, undefined, { signal }).catch(() => {})
    signal.throwIfAborted()
  }
}

function unread(
  place: string,
  answer: { readonly status: number; readonly body: { readonly message: string } },
): CannotLook {
  return new CannotLook({
    subject: place,
    reason: `the log of its pod cannot be read: ${saidOf(answer)}`,
    hint: 'grant the verb get on pods/log: deploy/vantage.yaml',
  })
}

/** Also when the run was interrupted. What was made again under the same name is not ours. */
async function remove(
  api: ApiClient,
  path: string,
  uid: string,
  { namespace, left }: RunOptions,
  name: string,
): Promise<void> {
  const body = { kind: 'DeleteOptions', apiVersion: 'v1', ...(uid === '' ? {} : { preconditions: { uid } }) }
  const why = await removal(api, { method: 'DELETE', path, body, timeoutMs: REMOVE_MS })
  if (why === null) return
  left({
    subject: `pod ${namespace}/${name}`,
    reason: `it could not be removed: ${why}; its container ends by its deadline`,
    hint: `remove it: ${sh`kubectl -n ${namespace} delete pod ${name}`}, or later: l2doctor vantage --cleanup`,
  })
}
