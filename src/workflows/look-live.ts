import { setTimeout as sleep } from 'node:timers/promises'
import { askingAddresses, isOnLink } from '../capture/interfaces.js'
import { type LiveCapture, type LiveOptions, openLive } from '../capture/open-live.js'
import type { FrameSender } from '../capture/sender.js'
import type { Gap } from '../known.js'
import { estimateSeconds, type PlanOptions, ProbePlan } from '../probe/plan.js'
import { type Clock, runPlan } from '../probe/run.js'
import { formatIpv4, type Ipv4 } from '../wire/ipv4.js'
import type { HeardBy, Look } from './look.js'

/** What a live look does: `plan` null only listens, for `forMs` or until it is interrupted. */
export interface LiveRequest {
  readonly capture: Omit<LiveOptions, 'sending' | 'long'>
  readonly plan: PlanOptions | null
  readonly forMs: number | null
}

/** The time of this machine. */
export const CLOCK: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => {}),
}
/** Longer runs say beforehand how long they take. */
const LONG_SECONDS = 5
/** Unicasts to nodes that nobody suspects, over all addresses: six seconds at the default pace. */
const MOST_UNICASTS = 64

/** Opens the wire. `note` hears what the operator should know at once. Throws CannotLook. */
export async function lookLive({ capture, plan, forMs }: LiveRequest, note: (text: string) => void): Promise<Look> {
  const long = forMs !== null || plan === null
  const live = await openLive({ ...capture, sending: plan !== null, long }, note)
  const seconds = plan && estimateSeconds(plan)
  if (seconds !== null && seconds > LONG_SECONDS) note(`this takes about ${Math.ceil(seconds)} s; --rate asks faster`)
  if (plan === null && forMs === null) note('listening until Ctrl-C')
  const { source, sender, promiscuityChanged } = live
  return {
    source,
    own: {
      macs: live.all.flatMap(({ mac }) => (mac ? [mac] : [])),
      ips: live.all.flatMap(({ addresses }) => addresses.map(({ ip }) => ip)),
    },
    conditions: () => ({ ...source.conditions(), promiscuityChanged }),
    work: async (heard, signal) => {
      const gaps = blindSpots(live, capture.vips, plan !== null)
      if (plan === null || sender === null) await CLOCK.sleep(forMs ?? 2 ** 31 - 1, signal)
      else
        gaps.push(
          ...(await probe(live, sender, new ProbePlan(withNeighbours(plan, live, heard), heard), capture.vips, signal)),
        )
      return gaps
    },
  }
}

/** Nodes off this link would only be answered for by a proxy; those that answer are asked for the VIPs by unicast too. */
function withNeighbours(plan: PlanOptions, { interface: device }: LiveCapture, heard: HeardBy): PlanOptions {
  const neighbours = (plan.neighbours ?? []).filter((ip) => isOnLink(ip, device))
  const most = Math.max(1, Math.floor(MOST_UNICASTS / plan.vips.length))
  return {
    ...plan,
    neighbours,
    get bystanders() {
      const spoke = neighbours.flatMap((ip) => heard(ip).map(({ mac }) => mac))
      return [...new Set([...(plan.bystanders ?? []), ...spoke])].slice(0, most)
    },
  }
}

async function probe(
  live: LiveCapture,
  sender: FrameSender,
  plan: ProbePlan,
  vips: readonly Ipv4[],
  signal: AbortSignal,
): Promise<Gap[]> {
  const asker = { mac: live.interface.mac ?? 0, ips: askingAddresses(vips[0], live.interface) }
  await runPlan(plan, asker, (frame) => sender.send(frame), CLOCK, signal)
  const refusals = await sender.close()
  const subject = `probes on ${live.interface.name}`
  return refusals.map((reason) => ({
    subject,
    reason: `some were not sent: ${reason}`,
    hint: 'check the link, and repeat',
  }))
}

/** What this capture cannot show, known before it starts. */
function blindSpots(
  { interface: device, all, sender, source }: LiveCapture,
  vips: readonly Ipv4[],
  probed: boolean,
): Gap[] {
  const gaps: Gap[] = []
  const own = new Set(all.flatMap(({ addresses }) => addresses.map(({ ip }) => ip)))
  for (const vip of vips.filter((ip) => own.has(ip))) {
    const reason = 'this machine holds it: the wire cannot show its own answer'
    gaps.push({ subject: formatIpv4(vip), reason, hint: 'scan from another machine of the segment' })
  }
  if (probed && device.addresses.length === 0) {
    const reason = 'no IPv4 address: only RFC 5227 probes were sent, which a proxy never answers'
    gaps.push({ subject: device.name, reason, hint: 'give it an address of the segment, or name another with -i' })
  }
  if (sender?.via === 'cap' && source.source.engine === 'tcpdump') {
    const reason = 'sent through cap, which makes the interface promiscuous: neither perl nor python3 is here'
    gaps.push({ subject: device.name, reason, hint: 'install perl-base' })
  }
  return gaps
}
