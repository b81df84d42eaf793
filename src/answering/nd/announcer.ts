import { UNNAMED_GROUP } from '../../node/model.js'
import { isLinkLocal6 } from '../../wire/ipv6.js'
import { interfacesOf, kindOf } from '../announced.js'
import { SILENT, type Verdict } from '../asked.js'
import { passesIpv6Filters } from '../filters.js'
import { type Arrival, requestPacket } from '../frame.js'
import type { HostView } from '../host-view.js'
import type { Announcement, Question } from '../model.js'
import { RECEPTION } from './order.js'
import type { Solicited } from './solicited.js'

/** What software with a socket or an eBPF program of its own does with a solicitation that arrives on its device. */
export function announcerVerdict(
  view: HostView,
  arrival: Arrival,
  asked: Solicited,
  question: Question,
  announcement: Announcement,
): Verdict {
  const { answers, hearing = 'socket' } = announcement
  const kind = kindOf(question)
  if (answers[kind] === false) return refused(asked, kind, announcement)
  const heard =
    hearing === 'program' ? programHears(asked, announcement) : socketHears(view, arrival, asked, announcement)
  if (heard !== null) return heard
  if (announcement.interfaces === 'unknown') return unsure(asked, interfacesOf(announcement.name))
  if (answers[kind] === null) return unsure(asked, `whether ${announcement.name} answers ${WORDS[kind]}`)
  const text = `${announcement.name} answers ${WORDS[kind]} for ${asked.target} on ${asked.device.name}`
  asked.note('announcer', 'answers', { ...placeOf(asked, announcement), value: 'announces', text })
  return { kind: 'reply', path: 'announcer', delayMs: 0, override: false }
}

const WORDS = {
  broadcast: 'multicast solicitations',
  unicast: 'unicast solicitations',
  probe: 'solicitations of duplicate address detection',
} as const

/** It answers no kind at all in this version, or not this one by design. */
function refused(asked: Solicited, kind: keyof typeof WORDS, announcement: Announcement): Verdict {
  const none = Object.values(announcement.answers).every((answer) => answer === false)
  const text = none
    ? `this version of ${announcement.name} answers no neighbour solicitations, so it announces no IPv6 address`
    : `${announcement.name} answers no ${WORDS[kind]}`
  asked.note(none ? 'announcer version' : 'announcer kind', 'stops', {
    ...placeOf(asked, announcement),
    value: 'none',
    text,
  })
  return SILENT
}

/** A raw ICMPv6 socket gets what the kernel's IPv6 input lets through, and only groups that the device has joined. */
function socketHears(view: HostView, arrival: Arrival, asked: Solicited, announcement: Announcement): Verdict | null {
  const seen = requestPacket(arrival)
  for (const check of RECEPTION) {
    const verdict = check(asked)
    if (verdict !== null) return verdict
  }
  if (!hasLinkLocal(asked)) return noLinkLocal(asked, announcement)
  if (!passesIpv6Filters(view, 'prerouting', seen, asked.trace)) return SILENT
  const joined = isJoined(asked)
  if (joined === null) return unsure(asked, `whether ${asked.device.name} has joined ${asked.group}`)
  if (!joined) return notJoined(asked, announcement)
  return passesIpv6Filters(view, 'input', seen, asked.trace) ? null : SILENT
}

/** It sees frames before the kernel does; whether the network card and the switches pass the group is sure only where it was joined. */
function programHears(asked: Solicited, { name }: Announcement): Verdict | null {
  if (!asked.toGroup || isJoined(asked) === true) return null
  const { device, group } = asked
  return unsure(asked, `whether frames to ${group}, which ${device.name} is not seen to have joined, get to ${name}`)
}

/** Null: the groups were not read. */
function isJoined({ view, device, group, trace }: Solicited): boolean | null {
  const { solicitedGroups: groups } = view.host.sections
  if (!groups.known) return null
  const own = groups.value.filter((one) => one.interface === device.name).map((one) => one.group)
  if (own.includes(group)) return true
  if (!own.includes(UNNAMED_GROUP)) return false
  trace.assumed.add(`${device.name} has joined ${group} (the groups are redacted)`)
  return true
}

function hasLinkLocal({ view, device }: Solicited): boolean {
  if (!view.host.sections.addresses.known) return true
  return (view.six.heldBy.get(device.name) ?? []).some(({ ip }) => isLinkLocal6(ip))
}

function noLinkLocal(asked: Solicited, announcement: Announcement): Verdict {
  const { device } = asked
  const text = `${device.name} has no link-local address, and without one ${announcement.name} opens no socket for IPv6 there`
  const setting = `link-local address of ${device.name}`
  asked.note('announcer link-local', 'stops', { setting, value: 'none', from: 'ip -6 addr', text })
  return SILENT
}

function notJoined(asked: Solicited, announcement: Announcement): Verdict {
  const { device, group } = asked
  const text = `${announcement.name} has not joined ${group} on ${device.name}, so it gets no solicitation for ${asked.target}`
  const setting = `group ${group} on ${device.name}`
  asked.note('announcer group', 'stops', { setting, value: 'not joined', from: '/proc/net/igmp6', text })
  return SILENT
}

function unsure(asked: Solicited, missing: string): Verdict {
  asked.trace.doubt('announcer', missing)
  return { kind: 'open', path: 'announcer' }
}

function placeOf({ target, device }: Solicited, { name }: Announcement): { setting: string; from: string } {
  return { setting: `${name} for ${target} on ${device.name}`, from: 'the objects of the cluster' }
}
