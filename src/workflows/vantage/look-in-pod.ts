import { type NetworkInterface, parseInterfaces } from '../../capture/interfaces.js'
import { entriesFor, parseOwnNeighbours } from '../../capture/own-neighbours.js'
import { type Equipment, listenerIn, type Program, senderIn } from '../../capture/pod/ask-script.js'
import type { PodRunner } from '../../cluster/pods/runner.js'
import { CannotLook, type Gap } from '../../known.js'
import { type Survey, survey } from '../../node/vantage/survey.js'
import { estimateSeconds, type PlanOptions, ProbePlan } from '../../probe/plan.js'
import type { Asker } from '../../probe/run.js'
import { type ScheduledFrame, schedule } from '../../probe/schedule.js'
import { formatIp } from '../../wire/ip.js'
import { type AskingPlace, askerOn, neighboursOn, ownOf, ownTableUnread, planOn, unasked } from '../asking.js'
import type { HeardBy, Look } from '../look.js'
import type { LiveRequest } from '../look-live.js'
import { type Asked, askInPod } from './ask-in-pod.js'
import { clockGap } from './clock-gap.js'
import { interfaceThere } from './interface-there.js'
import { PieceQueue } from './piece-queue.js'
import { MOST_POD_MINUTES } from './pod-limit.js'
import { podTransport } from './pod-transport.js'

/** A node to look from, by pods of ours. */
export interface PlaceInPod {
  readonly node: string
  readonly runner: PodRunner
  /** As the runner's: longest time until the survey's pod runs, ms. */
  readonly timeoutMs: number
  /** Seconds since 1970. */
  readonly now: () => number
}

/** More frames than these are no question but a load. */
const MOST_FRAMES = 5000

/**
 * Opens the wire of a node. What runs in a pod cannot be told anything, so the plan goes in pods: one that surveys, one with all broadcasts,
 * and one that asks those alone who have answered. Throws CannotLook.
 */
export async function lookInPod(
  place: PlaceInPod,
  request: LiveRequest,
  note: (text: string) => void,
  signal: AbortSignal,
): Promise<Look> {
  const { node, runner, timeoutMs, now } = place
  const { capture, plan: wanted, nodes, forMs, serviceAddresses } = request
  const gaps: Gap[] = []
  const left = (gap: Gap) => gaps.push(gap)
  const host = podTransport(node, runner, left)
  const said = await survey(host, {
    become: false,
    traces: [],
    timeoutMs,
    now,
    signal,
    vips: capture.vips.map(formatIp),
  }).catch((error) => {
    for (const { subject, reason, hint } of gaps) note(`${subject}: ${reason}; ${hint}`)
    throw error
  })
  const all = parseInterfaces(said.interfaces)
  const { interface: device, why } = interfaceThere(
    { name: node, kind: 'pod' },
    all,
    said,
    capture.vips,
    capture.interface,
  )
  const tools = toolsFor(node, said, device)
  const engine = tools.listener.name === 'tcpdump' ? 'tcpdump' : 'socket'
  note(`from ${node}, on ${device.name}, in pods: ${why}; engine ${engine}`)
  gaps.push(...clockGap(node, said.clockAhead), ...(wanted && tools.sender === null ? [mute(node)] : []))
  const there = placeOf(node, device, all, said, capture.vips)
  const asker = askerOn(there, capture.vips, serviceAddresses)
  const plan = wanted && { ...wanted, neighbours: neighboursOn(there, nodes) }
  const seconds = plan ? estimateSeconds(plan) : (forMs ?? 0) / 1000
  const queue = new PieceQueue()
  let [sent, dropped, isOpen] = [0, 0 as number | null, false]
  const ask = async (steps: readonly ScheduledFrame[], end: AbortSignal): Promise<Asked> => {
    const capturing = (bytes: Uint8Array) => queue.push(bytes)
    const asked = await askInPod({ node, runner, ...tools, steps, isFirst: !isOpen }, capturing, left, end)
    isOpen ||= asked.bytes > 0
    sent += asked.sent
    dropped = dropped === null || asked.dropped === null ? null : dropped + asked.dropped
    return asked
  }
  return {
    source: {
      source: { kind: 'pod', name: `${node}/${device.name}`, engine },
      bytes: () => queue.bytes(),
      stop: () => queue.end(),
    },
    plan: { seconds, sent: plan === null || tools.sender === null ? null : () => sent },
    own: ownOf(there),
    conditions: () => ({ dropped, clock: 'kernel', promiscuityChanged: false }),
    unkept: () => gaps,
    work: async (heard, end) => {
      const blind = there.neighbours === null ? [ownTableUnread(node)] : []
      if (plan === null || tools.sender === null) {
        const { doubts } = await ask(bounded([{ afterMs: seconds * 1000, frame: null, ifAnsweredWithinMs: null }]), end)
        return { undone: doubts, blind }
      }
      const undone = unasked(there, capture.vips, asker)
      for (const round of rounds(there, plan, asker, heard)) {
        const steps = round()
        if (steps === null) continue
        const { doubts } = await ask(steps, end)
        undone.push(...doubts)
        if (end.aborted || doubts.length > 0) break
        await queue.drained(end)
      }
      return { undone, blind }
    },
  }
}

/** First all broadcasts, then one by one those who have answered, and those of whom silence is expected. Each is worked out when its turn comes. */
function rounds(
  there: AskingPlace,
  plan: PlanOptions,
  asker: Asker,
  heard: HeardBy,
): readonly (() => ScheduledFrame[] | null)[] {
  const nobody: HeardBy = () => []
  const alone = { suspects: [], bystanders: [] }
  // whether a host still answers is for the sender to hear
  const uncounted: HeardBy = (vip) => heard(vip).map(({ answers: _, ...one }) => one)
  return [
    () => {
      const options = { ...planOn(there, { ...plan, ...alone }, asker, nobody), ...alone }
      return bounded(schedule(new ProbePlan(options, nobody), asker, MOST_FRAMES))
    },
    () => {
      const before = planOn(there, plan, asker, heard)
      const options = { ...before, rounds: 0, neighbours: [], forMs: null }
      const steps = bounded(schedule(new ProbePlan(options, uncounted), asker, MOST_FRAMES))
      return steps.some(({ frame }) => frame !== null) ? steps : null
    },
  ]
}

/** Throws CannotLook for a plan that is too much for a pod. */
function bounded(steps: ScheduledFrame[] | null): ScheduledFrame[] {
  if (steps === null)
    throw unfit(`it has more than ${MOST_FRAMES} frames, and what runs in a pod must have all of it beforehand`)
  const minutes = Math.round(steps.reduce((sum, { afterMs }) => sum + afterMs, 0)) / 60_000
  if (minutes > MOST_POD_MINUTES)
    throw unfit(`it takes ${Math.ceil(minutes)} min, and what runs in a pod may take ${MOST_POD_MINUTES} at most`)
  return steps
}

function unfit(reason: string): CannotLook {
  const hint =
    'name fewer addresses or --rounds, or a shorter --duration or --interval; over ssh is no such bound: --at ssh:HOST'
  return new CannotLook({ subject: 'plan of requests', reason, hint })
}

function toolsFor(node: string, equipment: Equipment, device: NetworkInterface) {
  const listener: Program | null = listenerIn(equipment, device)
  if (listener === null) {
    const reason = 'none of perl, python3 and tcpdump is in the image: nothing can listen'
    throw new CannotLook({ subject: `capture on ${node}/${device.name}`, reason, hint: ANOTHER_IMAGE })
  }
  return { listener, sender: senderIn(equipment, device) }
}

const ANOTHER_IMAGE = 'name an image that has one of them with --vantage-image'

/** It can listen and not ask. */
function mute(node: string): Gap {
  const reason = 'none of perl, python3 and socat is in the image: it only listened, and sent no request'
  return { subject: `sending from ${node}`, reason, hint: ANOTHER_IMAGE }
}

function placeOf(
  node: string,
  device: NetworkInterface,
  all: readonly NetworkInterface[],
  { neighbours }: Survey,
  vips: LiveRequest['capture']['vips'],
): AskingPlace {
  const read = neighbours === null ? null : parseOwnNeighbours(neighbours)
  const own = read && entriesFor(read, vips, device).map((one) => ({ ...one, host: node }))
  return { at: node, interface: device, all, neighbours: own }
}
