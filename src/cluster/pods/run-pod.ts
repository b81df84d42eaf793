import { setTimeout as sleep } from 'node:timers/promises'
import { CannotLook, type Gap } from '../../known.js'
import { sh } from '../../shell.js'
import { type ApiClient, ApiFailure, type ApiRequest } from '../api-connection.js'
import { record, text } from '../normalise/raw.js'
import { CLEAN_UP } from './leftovers.js'
import { type Answer, answered, askApi, NEVER, podsPath, removal, saidOf } from './pod-api.js'
import { CONTAINER, deadlineOf, type PodTask, podFor } from './spec.js'
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
  /** A pod that could not be removed, or may have been made. */
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
 * its log cannot be read, and an AbortError where it was interrupted meanwhile.
 */
export async function runPod(
  api: ApiClient,
  task: PodTask,
  options: RunOptions,
  signal: AbortSignal,
  log: PodLog,
): Promise<PodEnd> {
  if (signal.aborted) return null
  const { name, uid } = await create(api, task, options)
  const path = podsPath(options.namespace, name)
  const at = { place: options.place, node: task.node, image: options.image, pod: name }
  try {
    const started = await start(api, path, at, options.startMs, signal)
    if (started === null) return null
    return await follow(api, path, { ...at, deadlineSeconds: deadlineOf(task, options.startMs) }, signal, log)
  } finally {
    await remove(api, path, uid, options, name)
  }
}

async function create(
  api: ApiClient,
  task: PodTask,
  options: RunOptions,
): Promise<{ readonly name: string; readonly uid: string }> {
  const { namespace, image, place, made, startMs } = options
  const request = { method: 'POST', path: podsPath(namespace), body: podFor(task, image, startMs) } as const
  let answer = await post(api, request, options)
  // the API server makes the name up, and may hit on one that is taken
  if (answer.status === 409) answer = await post(api, request, options)
  const { name, uid, creationTimestamp } = record(answer.body['metadata'])
  if (answer.status !== 201 || text(name) === '') {
    const hint = 'create, get, list and delete pods, get pods/log: deploy/vantage.yaml has the role'
    throw new CannotLook({ subject: place, reason: `no pod can be made in ${namespace}: ${saidOf(answer)}`, hint })
  }
  made?.(text(creationTimestamp))
  return { name: text(name), uid: text(uid) }
}

/** Once it is sent its answer is waited for, also when the run is being ended: without the name nothing could be removed. */
async function post(api: ApiClient, request: ApiRequest, { namespace, left }: RunOptions): Promise<Answer> {
  try {
    return await askApi(api, request, NEVER)
  } catch (error) {
    if (error instanceof CannotLook)
      left({
        subject: `pods of l2doctor in ${namespace}`,
        reason: `one may have been made: ${error.gap.reason}; its container ends by its deadline`,
        hint: CLEAN_UP(namespace),
      })
    throw error
  }
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

/**
 * Reads the log to its end, and once more where it lacks its end although the container has ended. Where the connection breaks off it is
 * read again, as long as the container may run.
 */
async function follow(
  api: ApiClient,
  path: string,
  { deadlineSeconds, place }: PodAt & { readonly deadlineSeconds: number },
  signal: AbortSignal,
  log: PodLog,
): Promise<PodEnd> {
  const end = performance.now() + deadlineSeconds * 1000
  for (let wasRead = false; ; ) {
    try {
      const timeoutMs = Math.max(POLL_MS, Math.ceil(end - performance.now()))
      await readLog(api, path, { place, timeoutMs }, signal, log)
      const said = log.isComplete() ? ENDED_WELL : await settled(api, path, signal)
      if (log.isComplete() || wasRead || performance.now() > end) return said
      wasRead = said.phase !== 'Running'
    } catch (error) {
      if (!isBrokenOff(error) || performance.now() + POLL_MS > end) throw error
      await sleep(POLL_MS, undefined, { signal })
    }
  }
}

async function readLog(
  api: ApiClient,
  path: string,
  { place, timeoutMs }: { readonly place: string; readonly timeoutMs: number },
  signal: AbortSignal,
  log: PodLog,
): Promise<void> {
  let refusal = ''
  log.restart()
  const request = { method: 'GET', path: `${path}/log?container=${CONTAINER}&follow=true`, timeoutMs } as const
  const status = await answered(api, request, signal, (piece) => {
    log.take(piece)
    if (refusal.length < 1000) refusal += piece.toString()
  })
  if (status !== 200) throw unread(place, { status, body: { message: refusal } })
}

/** The connection ended early, or another could not be made. */
function isBrokenOff(error: unknown): boolean {
  return error instanceof CannotLook && error.cause instanceof ApiFailure && error.cause.kind !== 'timeout'
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
    hint: `remove it: ${sh`kubectl -n ${namespace} delete pod ${name}`}, or later: ${CLEAN_UP(namespace)}`,
  })
}
