import type { Gap } from '../../known.js'
import { sh } from '../../shell.js'
import { theirs } from '../../theirs.js'
import { numberOrNull, type Raw, record, records, text, textOrNull } from '../normalise/raw.js'

/** What the kubelet says of a pod of ours. */
export interface PodStatus {
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | string
  /** Of the pod: `Evicted`, `DeadlineExceeded`, `OutOfcpu` … */
  readonly reason: string | null
  readonly message: string
  /** Why the container does not start: `ErrImagePull` … */
  readonly waiting: { readonly reason: string; readonly message: string } | null
  /** How the container ended. */
  readonly exit: { readonly code: number; readonly reason: string; readonly message: string } | null
}

export function statusOf(pod: Raw): PodStatus {
  const status = record(pod['status'])
  const [container = {}] = records(status['containerStatuses'])
  const { waiting, terminated } = record(record(container)['state']) as { waiting?: unknown; terminated?: unknown }
  const [wait, end] = [record(waiting), record(terminated)]
  const code = numberOrNull(end['exitCode'])
  return {
    phase: text(status['phase']),
    reason: textOrNull(status['reason']),
    message: text(status['message']),
    waiting: waiting === undefined ? null : { reason: text(wait['reason']), message: text(wait['message']) },
    exit: code === null ? null : { code, reason: text(end['reason']), message: text(end['message']) },
  }
}

/** These do not pass by waiting, or not while an operator waits. */
const HOPELESS =
  /^(ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|ImageInspectError|RegistryUnavailable|CreateContainerConfigError|CreateContainerError|RunContainerError|StartError)$/

/** Why it will not run, as far as that is certain; null: it may yet. */
export function startTrouble({ phase, reason, message, waiting, exit }: PodStatus, at: PodAt): Gap | null {
  if (waiting && HOPELESS.test(waiting.reason)) return notStarted(waiting, at)
  if (phase !== 'Failed' || reason === 'DeadlineExceeded') return null
  // a container that never ran, as where the runtime finds no such program, has no log that would say it
  const why = exit && /^(StartError|ContainerCannotRun)$/.test(exit.reason) ? exit : null
  if (why) return notStarted(why, at)
  if (exit || reason === null) return null
  return { subject: at.place, reason: `the node refuses the pod: ${quoted(reason, message)}`, hint: SEE_NODE(at) }
}

/** Whose pod, where, for words. */
export interface PodAt {
  /** As the operator calls it. */
  readonly place: string
  readonly node: string
  readonly image: string
  readonly pod: string
}

function notStarted({ reason, message }: { readonly reason: string; readonly message: string }, at: PodAt): Gap {
  const pulling = /Image|Registry/.test(reason)
  return {
    subject: at.place,
    reason: `${pulling ? `the node cannot get the image ${at.image}` : 'the container does not start'}: ${quoted(reason, message)}`,
    hint: pulling
      ? 'check the name, and that this node can pull it without a secret: --vantage-image'
      : 'the image needs a shell (sh): name another with --vantage-image',
  }
}

/** Waited for in vain. */
export function stillPending({ waiting, message }: PodStatus, seconds: number, at: PodAt): Gap {
  const last = waiting ? `: ${quoted(waiting.reason, waiting.message)}` : message === '' ? '' : `: ${theirs(message)}`
  return {
    subject: at.place,
    reason: `its pod did not start within ${seconds} s${last}`,
    hint: `is the kubelet of ${at.node} well (${sh`kubectl describe node ${at.node}`})? --timeout waits longer`,
  }
}

/** Why a container that ran did not say all that it was to say. `said`: the last line that is not ours. */
export function endTrouble({ reason, message, exit }: PodStatus, said: string): { reason: string; hint: string } {
  if (reason === 'DeadlineExceeded')
    return {
      reason: 'the pod was ended at its deadline',
      hint: 'the node is busy: run it again, with fewer rounds or addresses',
    }
  if (reason !== null)
    return { reason: `the pod was ended: ${quoted(reason, message)}`, hint: 'look from another node, or run it again' }
  if (exit && exit.reason === 'OOMKilled')
    return { reason: 'the pod ran out of its 128 MiB', hint: 'run it again, with a shorter --duration' }
  const words = said === '' ? '' : `; it says ${theirs(said)}`
  if (exit && exit.code !== 0) return { reason: `the container ended with status ${exit.code}${words}`, hint: NEEDED }
  return { reason: `its log is cut off${words}`, hint: 'run it again; the log of the container may have been rotated' }
}

const NEEDED =
  'the image needs a shell, ip of iproute2, sed, base64 and dd of coreutils, and one of perl, python3 and tcpdump: name another with --vantage-image'

const SEE_NODE = ({ node }: PodAt) =>
  `look from another node, or see what keeps it off: ${sh`kubectl describe node ${node}`}`

function quoted(reason: string, message: string): string {
  return message === '' ? theirs(reason) : theirs(`${reason}: ${message}`)
}
