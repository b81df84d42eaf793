import type { ReportedAddress } from '../report/report.js'
import type { Machine, Tenure, VipState } from './model.js'

/** More VLANs than an address has, unless somebody makes them up. */
const MOST_VLANS = 64

/** What a window says of one address. */
export interface VipInWindow {
  /** As it is on each VLAN stack; at least one. */
  readonly lines: readonly ReportedAddress[]
  readonly answeredAt: string | null
  readonly endedAt: string
  /** Those that answered are those that a check file allows; null where it names none, or it cannot be said. */
  readonly mayAnswer: boolean | null
  /** A finding says that nobody answers. */
  readonly isSilent: boolean
}

/** Who answered for an address in a window, and what that makes of what was known of it. */
export function nextVip(
  before: VipState | undefined,
  { lines, answeredAt, endedAt, mayAnswer, isSilent }: VipInWindow,
): VipState {
  const worst = worstOf(lines, before?.vlans ?? [])
  const { ip, vlans, services, verdict, because, expected } = worst
  const known = before?.tenures ?? []
  const now = lines.flatMap((line) => nextTenure(tenureOn(line.vlans, known), line, endedAt) ?? [])
  const current = tenureOn(vlans, now)
  const responders = respondersOf(worst)
  return {
    ...{ ip, vlans, services, verdict, because, responders, expected },
    isKnown: verdict !== 'inconclusive' && (responders.length > 0 || isSilent),
    answersAsExpected: responders.length === 0 ? null : both(mayAnswer, asExpected(worst, responders, before)),
    owner: current?.owner ?? null,
    ownerSince: current?.since ?? null,
    moves: now.reduce((sum, one) => sum + one.moves - (tenureOn(one.vlans, known)?.moves ?? 0), before?.moves ?? 0),
    lastAnswerAt: (answeredAt && noLater(answeredAt, endedAt)) ?? before?.lastAnswerAt ?? null,
    tenures: [...known.filter((one) => tenureOn(one.vlans, now) === undefined), ...now].slice(-MOST_VLANS),
  }
}

/** What the wire shows of it. */
export function seenVerdict({ verdict, isKnown }: Pick<VipState, 'verdict' | 'isKnown'>): VipState['verdict'] {
  return isKnown ? verdict : 'inconclusive'
}

/** Of lines that are equally bad the one that was shown before: which comes first in a window is chance, and each has an owner of its own. */
function worstOf(lines: readonly ReportedAddress[], shown: readonly number[]): ReportedAddress {
  const most = Math.max(...lines.map(({ verdict }) => BADNESS[verdict]))
  const worst = lines.filter(({ verdict }) => BADNESS[verdict] === most)
  return worst.find(({ vlans }) => isSameStack(vlans, shown)) ?? worst[0]!
}

const BADNESS: Record<ReportedAddress['verdict'], number> = { healthy: 0, inconclusive: 1, findings: 2 }

export function tenureOn(vlans: readonly number[], tenures: readonly Tenure[]): Tenure | undefined {
  return tenures.find((one) => isSameStack(one.vlans, vlans))
}

function isSameStack(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((tag, at) => tag === other[at])
}

/** Two MACs of one node are one machine. */
export function isSame(one: Machine, other: Machine): boolean {
  return one.mac === other.mac || (one.node !== null && one.node === other.node)
}

/** Machines that answered a request of anybody; who only announces the address is none of them. */
function respondersOf({ claims, timeline }: ReportedAddress): Machine[] {
  const answered = new Set(timeline.flatMap(({ answers }) => answers.map(({ mac }) => mac)))
  return claims.filter(({ mac, rounds }) => rounds > 0 || answered.has(mac)).map(({ mac, node }) => ({ mac, node }))
}

/** Goes through the rounds that one machine alone answered. Undefined: there was none yet. */
function nextTenure(
  before: Tenure | undefined,
  { vlans, claims, timeline }: ReportedAddress,
  endedAt: string,
): Tenure | undefined {
  const nodes = new Map(claims.map(({ mac, node }) => [mac, node]))
  const named = (mac: string, known: string | null = null) => ({ mac, node: nodes.get(mac) ?? known })
  let tenure = before && { ...before, owner: named(before.owner.mac, before.owner.node) }
  for (const { mode, answers } of timeline) {
    const macs = new Set(answers.map(({ mac }) => mac))
    const [mac] = macs
    if (mode !== 'broadcast' || mac === undefined || macs.size !== 1) continue
    const owner = named(mac)
    if (tenure === undefined) tenure = { vlans, owner, since: endedAt, moves: 0 }
    else if (!isSame(tenure.owner, owner)) tenure = { vlans, owner, since: endedAt, moves: tenure.moves + 1 }
  }
  return tenure
}

/**
 * Where another node should answer than at the end of the window before, it may have begun to since: nobody is wrong in that window.
 * Where that was not known, nothing changed.
 */
function asExpected(
  { claims, expected }: ReportedAddress,
  responders: readonly Machine[],
  before: VipState | undefined,
): boolean | null {
  const verdicts = responders.map(({ mac }) => claims.find((claim) => claim.mac === mac)?.expected ?? null)
  const [had, has] = [before?.expected?.node ?? null, expected?.node ?? null]
  const isNewlyExpected = had !== null && has !== null && had !== has
  if (verdicts.includes(false)) return isNewlyExpected ? null : false
  return verdicts.length > 0 && verdicts.every((one) => one === true) ? true : null
}

function both(one: boolean | null, other: boolean | null): boolean | null {
  return one === false || other === false ? false : (one ?? other)
}

/** Of a window in which the clock was set back, frames before that may lie after its end. */
function noLater(at: string, endedAt: string): string {
  return at > endedAt ? endedAt : at
}
