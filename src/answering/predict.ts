import type { Host, Link } from '../node/model.js'
import { isIpv4 } from '../wire/ip.js'
import type { Ipv4 } from '../wire/ipv4.js'
import type { Ipv6 } from '../wire/ipv6.js'
import { isGroupMac, type Mac } from '../wire/mac.js'
import { type Announced, announced, isHeardOn } from './announced.js'
import { arrivalsOf } from './arrival.js'
import { Asked, SILENT, type Verdict } from './asked.js'
import { ORDER, RECEPTION } from './checks/order.js'
import { leaves } from './departure.js'
import { assumeFilters, assumeIpv6Filters, passesFilters, passesIpv6Filters } from './filters.js'
import { type Arrival, requestPacket } from './frame.js'
import { type HostView, viewOf } from './host-view.js'
import type { Announcement, Prediction, Question, Reason, Reply } from './model.js'
import { announcerVerdict } from './nd/announcer.js'
import * as nd from './nd/order.js'
import { Solicited } from './nd/solicited.js'
import { assumePrograms } from './programs.js'

/** Who answers on one device, before the devices of a host are put together. */
interface Outcome {
  readonly arrival: Arrival
  readonly verdict: Verdict
  /** The announcer whose answer it is; absent: the kernel's. */
  readonly announcer?: string
}

/** What a host does with an ARP request or a neighbour solicitation, and why. `announcements`: software that answers without the kernel. */
export function predict(host: Host, question: Question, announcements: readonly Announcement[] = []): Prediction {
  const view = viewOf(host)
  const { links } = host.sections
  if (!links.known) return unknown(`links (${links.gap.subject}: ${links.gap.reason})`)
  const on = view.links.get(question.on)
  if (!on) return unknown(`an interface ${question.on} of ${host.name}`)
  const arrivals = arrivalsOf(view, on, question)
  // before the kernel's checks add their notes to what is known of the frame
  const own = isIpv4(question.target) ? [] : announcedOn(view, arrivals, question, announcements)
  const outcomes: Outcome[] = arrivals.map((arrival) => ({ arrival, verdict: judge(view, arrival) }))
  const replies = isIpv4(question.target) ? announced(view, on, question, announcements) : NOTHING
  return together([...outcomes, ...own], replies)
}

/** The answers of software of its own to a solicitation, on each device that it announces on. */
function announcedOn(
  view: HostView,
  arrivals: readonly Arrival[],
  question: Question,
  announcements: readonly Announcement[],
): Outcome[] {
  const own = announcements.filter(
    ({ ip, host, kernelHasASay }) => ip === question.target && host === view.host.name && !kernelHasASay,
  )
  return own.flatMap((one) =>
    arrivals
      .filter(({ device }) => isHeardOn(one, device))
      .map((arrival) => announcedBy(view, { ...arrival, trace: arrival.trace.branch(), replies: [] }, question, one)),
  )
}

function announcedBy(view: HostView, arrival: Arrival, question: Question, announcement: Announcement): Outcome {
  const { name: announcer } = announcement
  if (arrival.stopped) return { arrival, verdict: SILENT, announcer }
  const verdict = announcerVerdict(view, arrival, solicitedAt(view, arrival), question, announcement)
  if (verdict.kind === 'silent' || announcement.hearing === 'program') return { arrival, verdict, announcer }
  assumeIpv6Filters(view, arrival.trace)
  assumePrograms(view, arrival.trace)
  return { arrival, verdict: leaves(view, arrival) ? verdict : SILENT, announcer }
}

function unknown(missing: string): Prediction {
  const because = [notKnown('snapshot', missing)]
  return { answers: 'unknown', replies: [], possible: [], because, missing: [missing], assumed: [] }
}

const NOTHING: Announced = { replies: [], possible: [] }

function doubtAbout(missing: string): Reason {
  return notKnown('announcer', missing)
}

function notKnown(check: string, missing: string): Reason {
  const text = `${missing} is not known`
  return { check, outcome: 'doubt', setting: missing, value: 'unknown', from: 'not read', text }
}

/** The checks of one device, in the kernel's order, and the way of the reply back to the wire. */
function judge(view: HostView, arrival: Arrival): Verdict {
  if (arrival.stopped) return SILENT
  const { target, trace } = arrival
  const verdict = isIpv4(target) ? firstVerdict(view, arrival) : firstVerdict6(view, arrival)
  if (verdict.kind === 'silent') return verdict
  if (isIpv4(target)) assumeFilters(view, trace)
  else assumeIpv6Filters(view, trace)
  assumePrograms(view, trace)
  return leaves(view, arrival) ? verdict : SILENT
}

function firstVerdict(view: HostView, arrival: Arrival): Verdict {
  const { device, packet, target, asker, trace } = arrival
  const asked = new Asked(view, device, { target: target as Ipv4, asker: asker as Ipv4, packet }, trace)
  const received = firstOf(RECEPTION, asked)
  if (received !== null) return received
  if (!passesFilters(view, 'arp', 'input', requestPacket(arrival), trace)) return SILENT
  return firstOf(ORDER, asked) ?? SILENT
}

function firstVerdict6(view: HostView, arrival: Arrival): Verdict {
  const { trace } = arrival
  const asked = solicitedAt(view, arrival)
  const received = firstOf(nd.RECEPTION, asked)
  if (received !== null) return received
  const seen = requestPacket(arrival)
  if (!passesIpv6Filters(view, 'prerouting', seen, trace)) return SILENT
  const delivered = firstOf(nd.DELIVERY, asked)
  if (delivered !== null) return delivered
  if (!passesIpv6Filters(view, 'input', seen, trace)) return SILENT
  return firstOf(nd.ORDER, asked) ?? SILENT
}

function solicitedAt(view: HostView, { device, packet, target, asker, solicitation, trace }: Arrival): Solicited {
  return new Solicited(view, device, { target: target as Ipv6, asker: asker as Ipv6, packet }, solicitation, trace)
}

/** The first check that ends it decides. */
function firstOf<A>(checks: readonly ((asked: A) => Verdict | null)[], asked: A): Verdict | null {
  for (const check of checks) {
    const verdict = check(asked)
    if (verdict !== null) return verdict
  }
  return null
}

/** All devices of a host: one sure reply is a yes; one open device without any is unknown. */
function together(outcomes: readonly Outcome[], announcer: Announced): Prediction {
  const replies = [...announcer.replies, ...outcomes.flatMap(({ arrival }) => arrival.replies)]
  const possible = announcer.possible.map(({ reply }) => reply)
  const left = [...new Set(announcer.possible.map(({ missing }) => missing))]
  for (const { arrival, verdict, announcer: name } of outcomes) {
    const reply = replyOf(arrival.device, verdict, name)
    if (reply) (isOpen(verdict, arrival) ? possible : replies).push(reply)
  }
  const open = possible.length > 0 || outcomes.some(({ arrival, verdict }) => isOpen(verdict, arrival))
  const doubts = outcomes.flatMap(({ arrival }) => arrival.trace.doubts.map(({ missing }) => missing))
  return {
    answers: replies.length > 0 ? 'yes' : open ? 'unknown' : 'no',
    replies,
    possible,
    because: [...outcomes.flatMap(({ arrival }) => arrival.trace.because), ...left.map(doubtAbout)],
    missing: [...new Set([...doubts, ...left])],
    assumed: [...new Set(outcomes.flatMap(({ arrival }) => [...arrival.trace.assumed]))],
  }
}

/** What is missing matters to a reply always, and to a silence only if it could answer itself. */
function isOpen(verdict: Verdict, { trace }: Arrival): boolean {
  if (verdict.kind === 'open') return true
  return trace.doubts.some(({ mayAnswer }) => mayAnswer || verdict.kind === 'reply')
}

function replyOf(device: Link, verdict: Verdict, announcer?: string): Reply | null {
  if (verdict.kind === 'silent' || verdict.path === null) return null
  const { delayMs = 0, override } = verdict.kind === 'reply' ? verdict : {}
  const mac = macOf(device, override === undefined && announcer === undefined)
  const more = { ...(announcer !== undefined && { announcer }), ...(override !== undefined && { override }) }
  return { mac, interface: device.name, path: verdict.path, delayMs, ...more }
}

/** rlb_arp_xmit(): balance-alb gives each asker of ARP the MAC of a member; advertisements have that of the bond. */
function macOf({ bond, mac }: Link, isArp: boolean): Mac | null {
  if (!isArp) return mac
  return bond?.mode === 'balance-alb' || (mac !== null && isGroupMac(mac)) ? null : mac
}
