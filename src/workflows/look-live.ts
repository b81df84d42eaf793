import { setTimeout as sleep } from 'node:timers/promises'
import { howToInstall } from '../capture/how-to-install.js'
import { isOnLink } from '../capture/interfaces.js'
import { type LiveCapture, type LiveOptions, openLive } from '../capture/open-live.js'
import type { FrameSender } from '../capture/sender.js'
import type { Gap } from '../known.js'
import { serviceProxyOf } from '../node/roles.js'
import { askingAddresses, type ServiceAddresses } from '../probe/asking.js'
import { estimateSeconds, type PlanOptions, ProbePlan } from '../probe/plan.js'
import { type Asker, type Clock, runPlan } from '../probe/run.js'
import { sh } from '../shell.js'
import { formatIp, type Ip, isIpv4 } from '../wire/ip.js'
import type { HeardBy, Look } from './look.js'

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
/** Unicasts to nodes that nobody suspects, over all addresses: six seconds at the default pace. */
const MOST_UNICASTS = 64

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
    own: {
      macs: live.all.flatMap(({ mac }) => (mac ? [mac] : [])),
      ips: live.all.flatMap(({ addresses }) => addresses.map(({ ip }) => ip)),
      ...(live.neighbours ? { neighbours: live.neighbours } : {}),
      ...(live.at === undefined ? {} : { at: live.at }),
      ...(live.elsewhere ? { elsewhere: live.elsewhere } : {}),
    },
    conditions: () => ({ ...source.conditions(), promiscuityChanged }),
    work: async (heard, signal) => {
      const blind = blindSpots(live)
      const undone = plan === null || sender === null ? [] : unasked(live, capture.vips, asker)
      if (plan !== null && sender !== null) {
        const asking = new ProbePlan(planOn(live, plan, asker, heard), heard)
        undone.push(...(await probe(live, { close: () => sender.close(), send }, asking, asker, signal)))
      } else await CLOCK.sleep(forMs ?? (seconds === null ? FOREVER_MS : seconds * 1000), signal)
      return { undone: [...undone, ...interrupted(live, await live.interruptions())], blind }
    },
  }
}

/** Who asks on this interface. An address that was asked for, or that a service proxy holds for a Service, is a VIP too. */
export function askerOn(
  { interface: device, all }: Pick<LiveCapture, 'interface' | 'all'>,
  vips: readonly Ip[],
  services: ServiceAddresses,
): Asker {
  const held = all.filter(({ name }) => serviceProxyOf(name) !== null).flatMap(({ addresses }) => addresses)
  const known = new Set([...vips, ...held.map(({ ip }) => ip)])
  const safe = { ...services, isVip: (ip: Ip) => known.has(ip) || services.isVip(ip) }
  return { mac: device.mac ?? 0, addressesFor: (target) => askingAddresses(target, device.addresses, safe) }
}

/** Of each node one address. Off this link only a proxy would answer for it, and our own MAC we know. */
function neighboursOn({ interface: device, all }: LiveCapture, nodes: LiveRequest['nodes']): readonly Ip[] {
  const own = ownAddresses(all)
  const others = nodes.filter((ips) => !ips.some((ip) => own.has(ip)))
  return others.flatMap((ips) => ips.filter((ip) => isOnLink(ip, device)).slice(0, 1))
}

function ownAddresses(all: LiveCapture['all']): ReadonlySet<Ip> {
  return new Set(all.flatMap(({ addresses }) => addresses.map(({ ip }) => ip)))
}

/** Nodes that answer are asked for the VIPs by unicast too. */
function planOn({ all }: LiveCapture, plan: PlanOptions, asker: Asker, heard: HeardBy): PlanOptions {
  const own = ownAddresses(all)
  const most = Math.max(1, Math.floor(MOST_UNICASTS / plan.vips.length))
  const { neighbours = [] } = plan
  return {
    ...plan,
    canAsk: (ip) => asker.addressesFor(ip).length > 0,
    isOwn: (ip) => own.has(ip),
    get bystanders() {
      const spoke = neighbours.flatMap((ip) => heard(ip).map(({ mac }) => mac))
      return [...new Set([...(plan.bystanders ?? []), ...spoke])].slice(0, most)
    },
  }
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

function ownTableUnread(machine = 'this machine'): Gap {
  const reason = `it could not be read: whether ${machine} itself sends to the wrong MAC is not known`
  return { subject: `neighbour table of ${machine}`, reason, hint: sh`ip -j neigh show` }
}

/** `eth0`, or `node-a/eth0` on another machine. */
function placeOf({ at, interface: { name } }: LiveCapture): string {
  return at === undefined ? name : `${at}/${name}`
}

/** The run goes on over a link that flaps, but what went by meanwhile was missed. */
function interrupted({ interface: { name } }: LiveCapture, times: number): Gap[] {
  if (times === 0) return []
  const reason = 'the link or its capture broke off during the run: what went by meanwhile is missing'
  return [{ subject: `capture on ${name}`, reason, hint: sh`dmesg | grep -w -F ${name}` }]
}

/** A lone probe cannot show who else answers, and what was not asked for nothing at all. */
function unasked(live: LiveCapture, vips: readonly Ip[], { addressesFor }: Asker): Gap[] {
  const name = placeOf(live)
  const left = vips.filter((ip) => addressesFor(ip).length === 0)
  const [four, six] = [left.filter(isIpv4), left.filter((ip) => !isIpv4(ip))]
  const which = (some: readonly Ip[]) => (some.length === vips.length ? 'each address' : some.map(formatIp).join(', '))
  return [
    ...(four.length > 0 ? [onlyProbed(name, which(four))] : []),
    ...(six.length > 0 ? [notSolicited(name, which(six))] : []),
  ]
}

const GIVE_ADDRESS = 'give the interface an address of the segment, name another with -i, or ask from another machine'

function onlyProbed(subject: string, which: string): Gap {
  const why = 'no IPv4 address of its own that is certainly no VIP'
  return {
    subject,
    reason: `${why}: for ${which} one RFC 5227 probe was sent and no request. Hosts that answer by proxy ARP, and a host that missed the probe, do not show`,
    hint: GIVE_ADDRESS,
  }
}

/** A solicitation from :: is not safe before somebody has answered. */
function notSolicited(subject: string, which: string): Gap {
  const why = 'no IPv6 address of its own that is ready and certainly no VIP'
  return { subject, reason: `${why}: for ${which} no solicitation was sent`, hint: GIVE_ADDRESS }
}
