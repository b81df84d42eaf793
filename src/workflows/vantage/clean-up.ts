import type { ApiClient } from '../../cluster/api-connection.js'
import { hasEnded, type MadePod, podsMade, removeMade } from '../../cluster/pods/leftovers.js'

/** A pod of ours, and what was done about it. */
export interface PodFound extends MadePod {
  readonly done: 'found' | 'removed' | 'not removed'
  /** Why it is still there. */
  readonly because: string | null
}

export interface CleanUp {
  /** Remove those whose container has ended. */
  readonly cleanup: boolean
  /** And those that run. */
  readonly running: boolean
  /** Null: all. */
  readonly namespace: string | null
}

/** Finds the pods that l2doctor made, by their labels, and removes what is over. Throws CannotLook where they cannot be listed. */
export async function cleanUp(api: ApiClient, wanted: CleanUp, signal: AbortSignal): Promise<PodFound[]> {
  const found: PodFound[] = []
  for (const pod of await podsMade(api, wanted.namespace, signal)) {
    if (signal.aborted || !wanted.cleanup) found.push({ ...pod, done: 'found', because: null })
    else if (!hasEnded(pod) && !wanted.running) found.push({ ...pod, done: 'found', because: STILL_RUNS })
    else {
      const because = await removeMade(api, pod)
      found.push({ ...pod, done: because === null ? 'removed' : 'not removed', because })
    }
  }
  return found
}

const STILL_RUNS = 'it runs, perhaps for another run of l2doctor: --running removes it too'

export function podLine({ namespace, name, node, phase, createdAt, deadlineSeconds, done, because }: PodFound): string {
  const made = `made ${createdAt ?? 'at an unknown time'}, ends by itself ${deadlineSeconds ?? '?'} s later`
  return `${namespace}/${name} on ${node}: ${phase}, ${made}; ${done}${because === null ? '' : `: ${because}`}`
}
