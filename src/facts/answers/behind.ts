import type { Host } from '../../node/model.js'
import type { AddressFacts, ClaimFacts, Exchange, Micros } from '../../observe/model.js'
import { isGroupMac, type Mac } from '../../wire/mac.js'
import type { Attribution } from '../attribution.js'
import { ownMacs } from './predicted.js'

/** Hosts whose MAC was asked by unicast when this other one answered: such a frame reaches nobody else. */
export function behind(
  claim: ClaimFacts,
  seen: AddressFacts,
  hosts: readonly Host[],
  attribution: Attribution | undefined,
): readonly string[] {
  const nodes = [...askedInstead(claim, seen)].flatMap((one) => [
    ...(attribution?.ownersOf(one) ?? []).map(({ node }) => node),
    ...hosts.filter((host) => ownMacs(host).has(one)).map(({ name }) => name),
  ])
  return [...new Set(nodes)].sort()
}

/** The MACs that were asked when this one answered. */
function askedInstead(claim: ClaimFacts, { exchanges }: AddressFacts): ReadonlySet<Mac> {
  const { mac } = claim
  const asked = new Set<Mac>()
  for (const exchange of exchanges) {
    const answer = exchange.answers.find((one) => one.mac === mac)
    if (!answer || isGroupMac(exchange.askedMac)) continue
    const request = exchange.askedMac === mac ? laterRequest(exchange, answer.afterMicros, claim, exchanges) : exchange
    if (request && request.askedMac !== mac) asked.add(request.askedMac)
  }
  return asked
}

/** An answer this many times later than usual belongs to another request. */
const FAR_OFF = 10
/** No machine answers later than this, unless it is a proxy. */
const PROMPT: Micros = 5_000

/**
 * An answer is put down to the first request that its MAC could have answered. Where it comes far later than usual, and just
 * after an unanswered unicast of the same asker to another MAC, it is the answer to that one.
 */
function laterRequest(
  { at, asker }: Exchange,
  afterMicros: Micros,
  { latency }: ClaimFacts,
  exchanges: readonly Exchange[],
): Exchange | null {
  const usual = latency ? Math.max(PROMPT, latency.medianMicros * FAR_OFF) : PROMPT
  if (afterMicros <= usual) return null
  const answered = at + afterMicros
  const between = exchanges.filter(
    (one) => one.asker === asker && one.mode === 'unicast' && one.at > at && one.at <= answered,
  )
  const last = between.at(-1)
  return last && last.answers.length === 0 && answered - last.at <= usual ? last : null
}
