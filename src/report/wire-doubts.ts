import type { Question } from '../facts/question.js'
import type { Gap } from '../known.js'
import type { AddressFacts, CaptureFacts } from '../observe/model.js'
import { toAll } from '../rules/wire/evidence.js'
import { sh } from '../shell.js'
import { formatIp, type Ip, isIpv4, isIpv6, resolverOf } from '../wire/ip.js'
import { formatMac } from '../wire/mac.js'
import type { Doubt, Names } from './addresses.js'
import type { CaptureConditions } from './assemble.js'
import { beyondKept } from './beyond-kept.js'
import { plural } from './plural.js'
import { asking, silenceDoubt } from './silence-doubts.js'

/** What a capture leaves open: of itself, and of each address that was asked for. */

const ENCRYPTED = 'encrypted MACsec'
const SNAP = 'capture again with whole frames: `tcpdump -s 0`'

/** What of a capture could not be judged although it bears on the question; `name` is the source's. */
export function captureDoubts(
  capture: CaptureFacts,
  question: Pick<Question, 'vips'>,
  conditions: Pick<CaptureConditions, 'dropped'>,
  name: string,
): Gap[] {
  if (capture.frames === 0) return [nothingCaptured(name)]
  return [
    ...capture.unreadLinkTypes.map((link) => unreadLink(link, name)),
    ...capture.notJudged.filter((one) => isDecisive(one, question, capture)).map((one) => notJudged(one, name)),
    ...withoutArp(capture, name),
    ...withoutAnswers(capture, question, name),
    ...(capture.truncatedFile ? [cutShort(name)] : []),
    ...(conditions.dropped ? [dropped(conditions.dropped, name)] : []),
  ]
}

type NotJudged = CaptureFacts['notJudged'][number]

/**
 * Without addresses asked for, the whole capture is the question, and all ARP in it. With some, what a tunnel holds matters if
 * it is about one of them; what cannot be read may always be, of the family that is asked for.
 */
function isDecisive({ what, about }: NotJudged, { vips }: Pick<Question, 'vips'>, capture: CaptureFacts): boolean {
  if (what === ENCRYPTED) return readable(capture) + readableSix(capture) === 0
  if (vips.length > 0 && !vips.some(what.startsWith('ARP') ? isIpv4 : isIpv6)) return false
  if (!what.startsWith('ARP in ')) return true
  return vips.length === 0 || about.length > 0 || readable(capture) === 0
}

/** ARP frames that claims and exchanges are read from. */
function readable({ arp, decodeFailures }: CaptureFacts): number {
  return arp - (decodeFailures['other-hardware-type'] ?? 0) - (decodeFailures['other-protocol-type'] ?? 0)
}

/** Solicitations and advertisements that claims and exchanges are read from. */
function readableSix({ nd }: CaptureFacts): number {
  return nd.neighborSolicitations + nd.neighborAdvertisements
}

function nothingCaptured(subject: string): Gap {
  return { subject, reason: 'not one frame was captured', hint: 'look longer, or on another interface' }
}

function unreadLink(link: CaptureFacts['unreadLinkTypes'][number], subject: string): Gap {
  return {
    subject,
    reason: `link type ${link.name} is not read (${plural(link.frames, 'frame')})`,
    hint: 'capture on the Ethernet interface itself, or on `any` (LINUX_SLL2)',
  }
}

function notJudged({ what, frames }: NotJudged, subject: string): Gap {
  return { subject, reason: `${what} is not judged (${plural(frames, 'frame')})`, hint: hintFor(what) }
}

function hintFor(what: string): string {
  if (what.startsWith('ARP in ')) return 'capture at the end of the tunnel, where the frames are bare'
  if (what === ENCRYPTED) return 'capture on the MACsec interface itself, where the frames are decrypted'
  return what.endsWith('cut off') ? SNAP : 'look at these frames yourself: `tcpdump -n -e -r FILE arp`'
}

function withoutArp(capture: CaptureFacts, subject: string): Gap[] {
  if (
    readable(capture) + readableSix(capture) > 0 ||
    capture.notJudged.length > 0 ||
    capture.unreadLinkTypes.length > 0
  )
    return []
  return [
    {
      subject,
      reason: `no ARP and no neighbour discovery among ${plural(capture.frames, 'frame')}: who answers was not seen`,
      hint: 'capture longer, on the interface of the segment, with the filter `arp or icmp6 or (vlan and (arp or icmp6))`',
    },
  ]
}

/** Of a whole capture: that somebody answers was seen where a request and an answer were, of anybody. */
function withoutAnswers(capture: CaptureFacts, { vips }: Pick<Question, 'vips'>, subject: string): Gap[] {
  if (vips.length > 0 || readable(capture) + readableSix(capture) === 0) return []
  const reason = readable(capture) > 0 ? whyUnanswered(capture) : whyUnansweredSix(capture.nd)
  if (reason === null) return []
  return [
    {
      subject,
      reason,
      hint: 'capture where requests and replies pass (on the asking machine, or on a mirror port), or ask with --vip',
    },
  ]
}

function whyUnanswered({ requests, replies, gratuitous, ordinaryReplies }: CaptureFacts): string | null {
  if (replies === 0) return 'no ARP reply was captured: who answers was not seen'
  if (ordinaryReplies === 0) return 'every ARP reply is an announcement: who answers a request was not seen'
  const announced = gratuitous - (replies - ordinaryReplies)
  return requests > announced ? null : 'no ARP request was captured: what the replies answer was not seen'
}

function whyUnansweredSix({ neighborAdvertisements: all, unsolicited }: CaptureFacts['nd']): string | null {
  if (all === 0) return 'no neighbour advertisement was captured: who answers was not seen'
  return all > unsolicited ? null : 'no neighbour advertisement answers a solicitation: who answers was not seen'
}

function cutShort(subject: string): Gap {
  return { subject, reason: 'the file ends inside a frame; read to the last whole one', hint: 'copy the file again' }
}

function dropped(frames: number, subject: string): Gap {
  return { subject, reason: `the kernel dropped ${plural(frames, 'frame')}`, hint: 'look again when less goes on' }
}

/** What keeps an address from being called healthy although no rule found a fault; null: nothing. `isInOrder`: its times can be compared. */
export function addressDoubt(
  address: AddressFacts,
  question: Question,
  names: Pick<Names, 'isExpected' | 'byBgp' | 'lookFrom'>,
  isInOrder = true,
): Doubt | null {
  const subject = formatIp(address.ip)
  const { broadcast, unicast, probe } = address.asks
  const requests = broadcast.sent + unicast.sent
  if (question.own.ips.includes(address.ip)) return heldHere(subject, question.own.at)
  if (question.own.announces?.includes(address.ip)) return announcedHere(subject, question.own.at)
  if (question.probed && unansweredByAll(broadcast) && unicast.answered > 0) return onlyDirect(subject, broadcast.sent)
  if (broadcast.answered + unicast.answered > 0)
    return silenceDoubt(address, question, isInOrder) ?? beyondKept(address)
  if (probe.answered > 0) return onlyProbes(subject, requests, address.ip)
  const byBgp = address.claims.length === 0 ? names.byBgp(subject) : null
  if (byBgp !== null) return onlyByBgp(subject, byBgp, address.ip)
  if (question.own.elsewhere?.includes(address.ip))
    return elsewhere(subject, requests + probe.sent, names.lookFrom(subject))
  if (requests + probe.sent > 0) return { ...unanswered(subject, requests + probe.sent), stays: !question.probed }
  if (address.claims.length === 0) return unseen(subject)
  const isExpected = ({ mac }: { mac: number }) =>
    question.expectedMacs.includes(mac) || names.isExpected(subject, mac) === true
  return address.claims.some(isExpected) ? null : unasked(subject, formatMac(address.claims[0]!.mac))
}

function heldHere(subject: string, host = 'this machine'): Doubt {
  return {
    stays: true,
    subject,
    reason: `${host} holds it: the wire cannot show its own answer`,
    hint: `ask from another machine of the segment: l2doctor scan --vip ${subject}`,
  }
}

function announcedHere(subject: string, host = 'this machine'): Doubt {
  return {
    stays: true,
    subject,
    reason: `${host} should announce it: its agent does not hear the requests of its own machine`,
    hint: `ask from another machine of the segment: l2doctor scan --vip ${subject}`,
  }
}

/** No client resolves an address by a probe: what is answered to one says nothing of requests. */
function onlyProbes(subject: string, requests: number, ip: Ip): Gap {
  const none = requests === 0 ? 'no request for it was seen' : `none of ${plural(requests, 'request')} was answered`
  return {
    subject,
    reason: `${none}, only a probe (sender ${isIpv4(ip) ? '0.0.0.0' : '::'}) was answered`,
    hint: asking('ask for it', subject),
  }
}

function unansweredByAll({ sent, answered }: AddressFacts['asks']['broadcast']): boolean {
  return sent > 0 && answered === 0
}

/** A client that does not know the MAC asks all machines. */
function onlyDirect(subject: string, broadcasts: number): Gap {
  return {
    subject,
    reason: `none of ${plural(broadcasts, `${toAll(subject)} request`)} was answered, only a request to one MAC`,
    hint: `ask again, more often: l2doctor scan --vip ${subject} --rounds 5`,
  }
}

function unanswered(subject: string, requests: number): Gap {
  return {
    subject,
    reason: `${plural(requests, 'request')} and no answer: nobody answers, or replies do not pass where this was captured`,
    hint: asking('ask from this segment', subject),
  }
}

/** The silence of another segment is no fault. */
function elsewhere(subject: string, requests: number, host: string | null): Doubt {
  const which = host === null ? ' (HOST: a machine of its segment that you log in to)' : ''
  const unanswered = `${plural(requests, 'request')} without an answer say nothing of it`
  const asked = requests === 0 ? 'no request was sent for it' : unanswered
  return {
    stays: true,
    subject,
    reason: `this machine is not on its segment (no subnet of an interface holds it): ${asked}`,
    hint: `look from a host of its segment: l2doctor scan --vip ${subject} --at ${sh`ssh:${host ?? 'HOST'}`}${which}`,
  }
}

function onlyByBgp(subject: string, object: string, ip: Ip): Gap {
  return {
    subject,
    reason: `${object} announces it by BGP only: ${resolverOf(ip)} does not show whether it works`,
    hint: 'check the route to it on a router that the nodes peer with',
  }
}

function unseen(subject: string): Gap {
  return {
    subject,
    reason: 'no request for it and no claim to it was seen',
    hint: asking('ask for it from its segment', subject),
  }
}

function unasked(subject: string, mac: string): Gap {
  return {
    subject,
    reason: `no request for it was seen, and nothing says whether ${mac}, which claims it, is the right machine`,
    hint: asking('ask for it from its segment', subject),
  }
}
