import type { ReportedAddress } from '../report/report.js'
import type { Machine, VipState } from './model.js'

/** Who answered for an address in a window, and what that makes of what was known of it. */
export function nextVip(before: VipState | undefined, address: ReportedAddress, endedAt: string): VipState {
  const { ip, services, verdict, because, expected } = address
  const responders = respondersOf(address)
  const { owner, moves } = ownership(before?.owner ?? null, address)
  const isNewOwner = owner !== null && !(before?.owner && isSame(before.owner, owner))
  return {
    ip,
    services,
    verdict,
    because,
    responders,
    expected,
    answersAsExpected: asExpected(address, responders),
    owner,
    ownerSince: isNewOwner ? endedAt : (before?.ownerSince ?? null),
    moves: (before?.moves ?? 0) + moves,
    lastAnswerAt: lastAnswer(address) ?? before?.lastAnswerAt ?? null,
  }
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

/** Goes through the rounds that one machine alone answered. */
function ownership(before: Machine | null, { claims, timeline }: ReportedAddress) {
  const nodes = new Map(claims.map(({ mac, node }) => [mac, node]))
  let [owner, moves] = [before && { mac: before.mac, node: nodes.get(before.mac) ?? before.node }, 0]
  for (const { mode, answers } of timeline) {
    const macs = new Set(answers.map(({ mac }) => mac))
    const [mac] = macs
    if (mode !== 'broadcast' || mac === undefined || macs.size !== 1) continue
    const next = { mac, node: nodes.get(mac) ?? null }
    if (owner !== null && !isSame(owner, next)) moves += 1
    if (owner === null || !isSame(owner, next)) owner = next
  }
  return { owner, moves }
}

function asExpected({ claims }: ReportedAddress, responders: readonly Machine[]): boolean | null {
  const verdicts = responders.map(({ mac }) => claims.find((claim) => claim.mac === mac)?.expected ?? null)
  if (verdicts.includes(false)) return false
  return verdicts.length > 0 && verdicts.every((one) => one === true) ? true : null
}

function lastAnswer({ claims }: ReportedAddress): string | null {
  const times = claims.filter(({ replies }) => replies > 0).map(({ lastSeen }) => lastSeen)
  return times.sort().at(-1) ?? null
}
