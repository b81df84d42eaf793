import { CannotLook } from '../../known.js'
import { type ShellCommand, sh } from '../../shell.js'
import type { ApiClient } from '../api-connection.js'
import { core } from '../kind-spec.js'
import { ListFailure, listResource, Unauthorised } from '../list-resource.js'
import { meta, numberOrNull, type Raw, record, text, time } from '../normalise/raw.js'
import { podsPath, removal } from './pod-api.js'
import { POD_SELECTOR } from './spec.js'

/** A pod that a run of l2doctor made. */
export interface MadePod {
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly node: string
  readonly phase: string
  /** ISO 8601. */
  readonly createdAt: string | null
  readonly deadlineSeconds: number | null
}

/** Beside the deadline itself: a kubelet counts from when it first saw the pod. */
const SLACK_MS = 120_000

/** Its container has ended, by itself or by its deadline. */
export function hasEnded({ phase }: MadePod): boolean {
  return phase === 'Succeeded' || phase === 'Failed'
}

/** The run that made it has had its time, by `now` of the API server's clock. */
export function isOverdue(
  { createdAt, deadlineSeconds }: Pick<MadePod, 'createdAt' | 'deadlineSeconds'>,
  now: number,
): boolean {
  if (createdAt === null || deadlineSeconds === null) return false
  return now > Date.parse(createdAt) + deadlineSeconds * 1000 + SLACK_MS
}

/** Removes what has ended there. */
export function CLEAN_UP(namespace: string): ShellCommand {
  return sh`l2doctor vantage --cleanup --namespace ${namespace}`
}

/** Those of one namespace, or of all (null). Throws CannotLook. */
export async function podsMade(api: ApiClient, namespace: string | null, signal: AbortSignal): Promise<MadePod[]> {
  const plural = namespace === null ? 'pods' : `namespaces/${encodeURIComponent(namespace)}/pods`
  try {
    const query = { labelSelector: POD_SELECTOR }
    return (await listResource(api, core(plural, 'Pod'), query, madePod, signal)) ?? []
  } catch (cause) {
    if (!(cause instanceof ListFailure || cause instanceof Unauthorised)) throw cause
    const where = namespace === null ? 'all namespaces' : `namespace ${namespace}`
    const hint =
      cause instanceof Unauthorised
        ? 'log in again: `kubectl auth whoami`'
        : namespace === null
          ? 'name the one that they were made in, such as --namespace l2doctor: in all of them takes a ClusterRole with the verb list on pods'
          : 'grant the verb list on pods: deploy/vantage.yaml has the role'
    throw new CannotLook({ subject: `pods of l2doctor in ${where}`, reason: cause.message, hint }, { cause })
  }
}

/** Answers with why it is still there; null: it is gone, or will be. */
export function removeMade(api: ApiClient, { namespace, name, uid }: MadePod): Promise<string | null> {
  const body = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid } }
  return removal(api, { method: 'DELETE', path: podsPath(namespace, name), body })
}

function madePod(object: Raw): MadePod {
  const { namespace, name } = meta(object)
  const { uid, creationTimestamp } = record(object['metadata'])
  const { nodeName, activeDeadlineSeconds } = record(object['spec'])
  return {
    namespace,
    name,
    uid: text(uid),
    node: text(nodeName),
    phase: text(record(object['status'])['phase']),
    createdAt: time(creationTimestamp),
    deadlineSeconds: numberOrNull(activeDeadlineSeconds),
  }
}
