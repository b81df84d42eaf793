import { setTimeout as sleep } from 'node:timers/promises'
import { howToInstall } from '../capture/how-to-install.js'
import { type LiveCapture, type LiveOptions, openLive } from '../capture/open-live.js'
import type { FrameSender } from '../capture/sender.js'
import type { Gap } from '../known.js'
import type { ServiceAddresses } from '../probe/asking.js'
import { estimateSeconds, type PlanOptions, ProbePlan } from '../probe/plan.js'
import { type Asker, type Clock, runPlan } from '../probe/run.js'
import { sh } from '../shell.js'
import type { Ip } from '../wire/ip.js'
import { askerOn, neighboursOn, ownOf, ownTableUnread, placeOf, planOn, unasked } from './asking.js'
import type { Look } from './look.js'

/** What a live look does: `plan` null only listens, for `forMs` or until it is interrupted. */
export interface LiveRequest {
  readonly capture: Omit<LiveOptions, 'sending'>
  readonly plan: Omit<PlanOptions, 'neighbours'> | null
  /** Of each node whose MAC is to be learned its addresses. */
  readonly nodes: readonly (readonly Ip[])[]
  readonly forMs: number | null
  /** What is known of VIPs: none of them is named as the sender of a request. */
  readonly serviceAddresses: ServiceAddresses
}

/** The time of this machine. */
export const CLOCK: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => {}),
}
const FOREVER_MS = 2 ** 31 - 1
/** Longer runs say beforehand how long they take. */
const LONG_SECONDS = 5
/** Of two machines that advertise one virtual router as many adverts are heard as tell two masters from a change of master. */
const INTERVALS_HEARD = 4
const MOST_HEARD_MS = 10_000

/** Opens the wire. `note` hears what the operator should know at once. Throws CannotLook. */
export async function lookLive(request: LiveRequest, note: (text: string) => void): Promise<Look> {
  return lookThroughLive(await openLive({ ...request.capture, sending: request.plan !== null }, note), request, note)
}

/** What is done through a capture that runs, here or on another host. One without a sender only listens, as long as the asking would take. */
export function lookThroughLive(
  live: LiveCapture,
  { capture, plan: wanted, nodes, forMs, serviceAddresses }: LiveRequest,
  note: (text: string) => void,
): Look {
  const plan = wanted && { ...wanted, neighbours: neighboursOn(live, nodes) }
  const seconds = plan && estimateSeconds(plan)
  if (seconds !== null && seconds > LONG_SECONDS)
    note(`this takes about ${Math.ceil(seconds)} s${forMs === null ? '; --rate asks faster' : ''}`)
  if (plan === null && forMs === null) note('listening until Ctrl-C')
  const { source, sender, promiscuityChanged } = live
  const asker = askerOn(live, capture.vips, serviceAddresses)
  let sent = 0
  const send = (frame: Uint8Array) => {
    sent += 1
    sender?.send(frame)
  }
  return {
    source,
    plan: {
      seconds: seconds ?? (forMs === null ? null : forMs / 1000),
      sent: plan === null || sender === null ? null : () => sent,
    },
    own: ownOf(live),
    conditions: () => ({ ...source.conditions(), promiscuityChanged }),
    work: async (heard, signal, contestedMs) => {
      const blind = blindSpots(live)
      const undone = plan === null || sender === null ? [] : unasked(live, capture.vips, asker)
      if (plan !== null && sender !== null) {
        const asking = new ProbePlan(planOn(live, plan, asker, heard), heard)
        undone.push(...(await probe(live, { close: () => sender.close(), send }, asking, asker, signal)))
        if (forMs === null) await hearBothOut(contestedMs(), note, signal)
      } else await CLOCK.sleep(forMs ?? (seconds === null ? FOREVER_MS : seconds * 1000), signal)
      return { undone: [...undone, ...interrupted(live, await live.interruptions())], blind }
    },
  }
}

/**
 * A change of master leaves an advert or two of each: who both advertise are heard for some more, so that it is seen whether both go on.
 * So is one whose address another machine answers for too: a master that refuses the adverts of the other may hardly advertise.
 */
async function hearBothOut(intervalMs: number, note: (text: string) => void, signal: AbortSignal): Promise<void> {
  if (intervalMs === 0 || signal.aborted) return
  const ms = Math.min(INTERVALS_HEARD * intervalMs, MOST_HEARD_MS)
  note(`one virtual router may have two masters: listening for ${(ms / 1000).toFixed(1)} s more`)
  await CLOCK.sleep(ms, signal)
}

async function probe(
  live: LiveCapture,
  sender: Pick<FrameSender, 'send' | 'close'>,
  plan: ProbePlan,
  asker: Asker,
  signal: AbortSignal,
): Promise<Gap[]> {
  await runPlan(plan, asker, (frame) => sender.send(frame), CLOCK, signal)
  const refusals = await sender.close()
  const subject = `probes on ${placeOf(live)}`
  return refusals.map((reason) => ({
    subject,
    reason: `some were not sent: ${reason}`,
    hint: 'check the link, and repeat',
  }))
}

/** What this capture cannot show, known before it starts. */
export function blindSpots({ interface: device, at, sender, source, intrusive, neighbours }: LiveCapture): Gap[] {
  const gaps: Gap[] = neighbours === null ? [ownTableUnread(at)] : []
  if (intrusive !== null) {
    const reason = `cap listens, which makes the interface promiscuous, and ${intrusive}: neither tcpdump nor perl nor python3 can listen here`
    gaps.push({ subject: device.name, reason, hint: howToInstall('tcpdump') })
  } else if (sender?.via === 'cap' && source.source.engine !== 'cap') {
    const reason = 'sent through cap, which makes the interface promiscuous: neither perl nor python3 is here'
    gaps.push({ subject: device.name, reason, hint: howToInstall('perl') })
  }
  return gaps
}

/** The run goes on over a link that flaps, but what went by meanwhile was missed. */
function interrupted({ interface: { name } }: LiveCapture, times: number): Gap[] {
  if (times === 0) return []
  const reason = 'the link or its capture broke off during the run: what went by meanwhile is missing'
  return [{ subject: `capture on ${name}`, reason, hint: sh`dmesg | grep -w -F ${name}` }]
}
