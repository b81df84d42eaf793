import type { Question } from '../../facts/question.js'
import { type RateFacts, type RateKind, STORM_TIERS, type WireFacts } from '../../observe/model.js'
import { formatIp, type Ip } from '../../wire/ip.js'
import { isoFromMicros } from '../../wire/iso-time.js'
import { formatMac } from '../../wire/mac.js'
import { certain } from '../certainty.js'
import type { Evidence, Problem, Severity, Subject } from '../define.js'
import { ipSubject, macSubject, segmentSubject } from '../subject.js'
import { namedMac } from '../wire/evidence.js'

/** What every finding about a rate carries. */
export interface Rate {
  /** The sender; null where several send. */
  readonly mac: string | null
  /** The one address that most of it is about; null where there is none such. */
  readonly ip: string | null
  readonly vlans: readonly number[]
  /** Of neighbour discovery; absent: ARP. */
  readonly family?: 6
  readonly total: number
  readonly peakPerSecond: number
  /** Whole seconds in a row at or above the tier that decided the severity. */
  readonly seconds: number
}

/** A rate is counted, not concluded. */
export const COUNTED = certain('counted in the capture')
/** A burst shorter than this is a reboot, a scan of one subnet or an impatient client. */
const SUSTAINED_SECONDS = 3

/** A rate counts as another's when that one reaches this share of it. */
const DOMINANT_SHARE = 0.5

/**
 * The sustained rates of one kind, each said once. A VLAN as a whole counts from the error tier only: a segment of a few
 * hundred hosts has tens of requests a second by nature.
 */
export function* sustainedRates(kind: RateKind, wire: WireFacts, question: Question): Iterable<Problem<Rate>> {
  for (const rate of unexplained(kind, wire, question)) {
    const severity = severityOf(rate)
    if (severity === null) continue
    const data = describe(rate, severity, wire)
    yield {
      subject: rateSubject(rate),
      ...COUNTED,
      severity: severity === 'error' && isNatural(kind, data) ? 'warning' : severity,
      data,
      evidence: rateEvidence(rate),
    }
  }
}

/**
 * Rates without those that another one tells better: a target where one sender makes up most of it, a VLAN where a sender
 * or a target does; and without this machine's own part.
 */
export function unexplained(kind: RateKind, { rates }: WireFacts, question: Question): RateFacts[] {
  const same = rates.filter((rate) => rate.kind === kind)
  return same.filter((rate) => !isOwn(rate, rates, question) && !isExplained(rate, same))
}

/** One sender that asks many addresses looks for hosts, and a busy VLAN may be a large one: neither is an error by itself. */
function isNatural(kind: RateKind, data: Rate): boolean {
  return isSweep(kind, data) || (data.mac === null && data.ip === null)
}

export function isSweep(kind: RateKind, { mac, ip }: Rate): boolean {
  return kind === 'requests' && mac !== null && ip === null
}

/** The one address that makes up most of a sender's rate. */
export function mainTarget(rate: RateFacts, { rates }: WireFacts): Ip | null {
  if (rate.scope !== 'sender') return rate.ip
  const targets = rates.filter(
    ({ scope, kind, family }) => scope === 'target' && kind === rate.kind && family === rate.family,
  )
  return targets.find((target) => dominates(target, rate))?.ip ?? null
}

/** Sent by this machine, or drawn by what it sends (the answers to a fast scan). */
function isOwn(rate: RateFacts, rates: readonly RateFacts[], { own }: Question): boolean {
  const mine = rates.filter(({ mac }) => mac !== null && own.macs.includes(mac))
  return mine.includes(rate) || mine.some((one) => dominates(one, rate))
}

function isExplained(rate: RateFacts, rates: readonly RateFacts[]): boolean {
  if (rate.scope === 'sender') return false
  const narrower = rates.filter(({ scope }) => scope === 'sender' || (scope === 'target' && rate.scope === 'vlan'))
  return narrower.some((one) => severityOf(one) !== null && dominates(one, rate))
}

/** `one` makes up most of `other`: the same segment at the same time, at a like rate. */
function dominates(one: RateFacts, other: RateFacts): boolean {
  if (one === other || one.family !== other.family || one.vlans.join() !== other.vlans.join()) return false
  if (one.lastAt < other.firstAt || one.firstAt > other.lastAt) return false
  return one.peakPerSecond >= other.peakPerSecond * DOMINANT_SHARE
}

/** The highest tier that was held long enough; null where none was. */
export function severityOf({ scope, longest }: RateFacts): Severity | null {
  const tiers = scope === 'vlan' ? (['error'] as const) : (['error', 'warning', 'info'] as const)
  return tiers.find((tier) => longest[tier] >= SUSTAINED_SECONDS) ?? null
}

export function rateSubject({ scope, mac, ip, vlans }: Pick<RateFacts, 'scope' | 'mac' | 'ip' | 'vlans'>): Subject {
  if (scope === 'sender' && mac !== null) return macSubject(formatMac(mac))
  if (scope === 'target' && ip !== null) return ipSubject(formatIp(ip))
  return vlanSubject(vlans)
}

export function vlanSubject(vlans: readonly number[]): Subject {
  return segmentSubject(vlans.length > 0 ? `VLAN ${vlans.join('.')}` : 'untagged')
}

function describe(rate: RateFacts, severity: Severity, wire: WireFacts): Rate {
  const ip = mainTarget(rate, wire)
  return {
    mac: rate.mac === null ? null : formatMac(rate.mac),
    ip: ip === null ? null : formatIp(ip),
    vlans: [...rate.vlans],
    ...(rate.family === 6 ? { family: 6 } : {}),
    total: rate.total,
    peakPerSecond: rate.peakPerSecond,
    seconds: rate.longest[severity],
  }
}

/** Of either family. */
const WORDS = { requests: 'requests', replies: 'answers', gratuitous: 'announcements' } as const

export function rateEvidence({ kind, total, peakPerSecond, firstAt, lastAt, longest }: RateFacts): Evidence[] {
  const tiers = Object.entries(STORM_TIERS).map(
    ([tier, rate]) => `≥ ${rate}/s for ${longest[tier as keyof typeof longest]} s`,
  )
  return [
    {
      kind: 'measure',
      name: `${WORDS[kind]} between ${isoFromMicros(firstAt)} and ${isoFromMicros(lastAt)}`,
      value: String(total),
    },
    { kind: 'measure', name: `${WORDS[kind]} per second, peak`, value: String(peakPerSecond) },
    { kind: 'measure', name: 'longest run', value: tiers.join(', ') },
  ]
}

/** `02:… sends too many`, `several machines send too many`. */
export function tooMany({ mac }: Rate): string {
  return mac === null ? 'several machines send too many' : `${namedMac(mac)} sends too many`
}

/** `on VLAN 100: 480 in all, at most 120 a second, for 4 s on end`. */
export function rateSize({ vlans, total, peakPerSecond, seconds }: Rate): string {
  const on = vlans.length > 0 ? ` on VLAN ${vlans.join('.')}` : ''
  return `${on}: ${total} in all, up to ${peakPerSecond} a second, too many for ${seconds} s on end`
}
