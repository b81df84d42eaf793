import { randomBytes } from 'node:crypto'
import { droppedByKernel } from '../../capture/live-tcpdump.js'
import { type AskLog, askLog } from '../../capture/pod/ask-log.js'
import { askCommand, MOST_LINES, type Program } from '../../capture/pod/ask-script.js'
import type { PodEnd } from '../../cluster/pods/run-pod.js'
import type { PodRunner } from '../../cluster/pods/runner.js'
import { endTrouble } from '../../cluster/pods/trouble.js'
import { CannotLook, type Gap } from '../../known.js'
import type { ScheduledFrame } from '../../probe/schedule.js'
import { theirs } from '../../theirs.js'

export interface Asking {
  readonly node: string
  readonly runner: PodRunner
  readonly listener: Program
  readonly sender: Program | null
  readonly steps: readonly ScheduledFrame[]
  /** The header of the capture is wanted; later ones are the same. */
  readonly isFirst: boolean
}

/** What came of one pod's asking. */
export interface Asked {
  readonly bytes: number
  /** Frames. */
  readonly sent: number
  readonly dropped: number | null
  /** What broke off, or was not sent. */
  readonly doubts: readonly Gap[]
}

/** pcap's file header. */
const HEADER_BYTES = 24
/** A shell that sleeps before each frame is late by some milliseconds each time. */
const SLOWNESS = 2
/** For the programs to start and to end. */
const SLACK_S = 30

/** Runs the plan in a pod on the node and hands over what it hears. Throws CannotLook where nothing was heard because it did not run. */
export async function askInPod(
  { node, runner, listener, sender, steps, isFirst }: Asking,
  capture: (bytes: Uint8Array) => void,
  left: (gap: Gap) => void,
  signal: AbortSignal,
): Promise<Asked> {
  const mark = `%${randomBytes(16).toString('hex')}`
  const command = askCommand(mark, listener, sender, steps)
  if (command === null) throw new CannotLook({ subject: `plan of requests from ${node}`, ...TOO_LONG })
  let [bytes, skip] = [0, isFirst ? 0 : HEADER_BYTES]
  const log = askLog(mark, (piece) => {
    const rest = piece.subarray(Math.min(skip, piece.length))
    skip -= piece.length - rest.length
    bytes += rest.length
    if (rest.length > 0) capture(rest)
  })
  const seconds = steps.reduce((sum, { afterMs }) => sum + afterMs, 0) / 1000
  const task = { node, command, seconds: Math.ceil(seconds * SLOWNESS) + SLACK_S }
  const end = await runner.run(node, task, signal, log, left)
  const failed = statusOf(log) > 0
  if (log.lines() === 0 || (failed && bytes <= HEADER_BYTES))
    throw new CannotLook({ subject: `capture on ${node}`, ...whyDeaf(log, listener, end) })
  const planned = steps.filter(({ frame, ifAnsweredWithinMs }) => frame && sender?.line(frame, ifAnsweredWithinMs))
  return {
    bytes,
    sent: planned.length - [...log.sender().matchAll(/^withheld$/gm)].length,
    dropped: droppedByKernel(log.listener()),
    doubts: end === null ? [] : doubtsOf(node, log, listener, end),
  }
}

const TOO_LONG = {
  reason:
    'the plan is longer than the arguments of a program may be, and what runs in a pod must have all of it beforehand',
  hint: 'name fewer addresses, or a shorter --duration',
}

/** Of the listener: one that has written the header of a capture may still fail. */
function statusOf(log: AskLog): number {
  return Number(/^ended (\d+)$/m.exec(log.listener())?.[1] ?? 0)
}

function whyDeaf(log: AskLog, { name }: Program, end: PodEnd): Omit<Gap, 'subject'> {
  if (end === null) return { reason: 'interrupted before its pod listened', hint: 'run it again' }
  const said = log
    .listener()
    .replace(/^ended \d+$/m, '')
    .trim()
  if (/permi(ssion|tted)/i.test(said)) {
    const hint = name === 'tcpdump' ? GIVES_UP_ROOT : NO_RIGHT
    return { reason: `${name} is not permitted to listen there (${theirs(said)})`, hint }
  }
  if (said !== '') return { reason: `${name} there says ${theirs(said)}`, hint: 'look from another node' }
  return endTrouble(end, log.foreign())
}

const GIVES_UP_ROOT =
  'this tcpdump gives up root, which takes more rights than the pod has: name an image with perl or python3 (--vantage-image)'
const NO_RIGHT = 'something takes NET_RAW away from the pod: see admission webhooks, or look over ssh: --at ssh:HOST'

function doubtsOf(node: string, log: AskLog, listener: Program, end: NonNullable<PodEnd>): Gap[] {
  const doubt = (what: string, { reason, hint }: Omit<Gap, 'subject'>): Gap => ({
    subject: `${what} ${node}`,
    reason,
    hint,
  })
  const failed = new Set([...log.sender().matchAll(/^failed (.*)$/gm)].map(([, reason = '']) => reason))
  const unsent = [...failed].map((reason) =>
    doubt('probes on', { reason: `some were not sent: ${theirs(reason)}`, hint: 'check the link, and repeat' }),
  )
  if (log.lines() >= MOST_LINES) return [...unsent, doubt('capture on', FULL)]
  if (log.hasHole()) return [...unsent, doubt('capture on', HOLE)]
  const listens = statusOf(log) === 0
  if (log.isComplete() && listens) return unsent
  const { reason, hint } = listens ? endTrouble(end, log.foreign()) : whyDeaf(log, listener, end)
  return [...unsent, doubt('capture on', { reason: `${reason}; what came before is judged`, hint })]
}

const FULL = {
  reason: 'more was heard than a log holds: what came later is missing',
  hint: 'look over ssh, which has no such bound: --at ssh:HOST; is there a storm?',
}
const HOLE = {
  reason: 'lines are missing in the log of its pod; what came before is judged',
  hint: 'run it again, with a shorter --duration',
}
