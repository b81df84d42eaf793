import type { AddressFacts, Exchange, RequestMode } from '../../observe/model.js'
import { REQUEST_MODES } from '../../observe/model.js'
import { BROADCAST_MAC, type Mac } from '../../wire/mac.js'
import type { VantageFacts } from './model.js'

/**
 * Places that ask at the same time hear each other's broadcasts, and not the answers, which go to the one that asked: such requests are
 * no unanswered rounds of this place.
 */
export function withoutCrosstalk(vantages: readonly VantageFacts[]): VantageFacts[] {
  return vantages.map((one) => {
    if (!one.wire.known) return one
    const others = new Set(vantages.filter((other) => other !== one).flatMap(({ own }) => own.macs))
    for (const mac of one.own.macs) others.delete(mac)
    if (others.size === 0) return one
    const { value } = one.wire
    const addresses = value.addresses.map((address) => quieted(address, others))
    return { ...one, wire: { ...one.wire, value: { ...value, addresses } } }
  })
}

function quieted(address: AddressFacts, others: ReadonlySet<Mac>): AddressFacts {
  const foreign = address.exchanges.filter(({ asker, answers }) => others.has(asker) && answers.length === 0)
  if (foreign.length === 0) return address
  const left = new Set(foreign)
  return {
    ...address,
    exchanges: address.exchanges.filter((exchange) => !left.has(exchange)),
    asks: perMode((mode) => lessSent(address.asks[mode], countOf(foreign, mode))),
    claims: address.claims.map((claim) => ({
      ...claim,
      answered: perMode((mode) => lessAsked(claim.answered[mode], countOf(foreign, mode, claim.mac))),
    })),
  }
}

/** Requests of a kind; `to`: those that this machine heard. */
function countOf(foreign: readonly Exchange[], mode: RequestMode, to?: Mac): number {
  const heard = (asked: Mac) => to === undefined || asked === BROADCAST_MAC || asked === to
  return foreign.filter((one) => one.mode === mode && heard(one.askedMac)).length
}

function lessSent({ sent, answered }: { sent: number; answered: number }, count: number) {
  return { sent: Math.max(answered, sent - count), answered }
}

function lessAsked({ asked, answered }: { asked: number; answered: number }, count: number) {
  return { asked: Math.max(answered, asked - count), answered }
}

function perMode<T>(of: (mode: RequestMode) => T): Record<RequestMode, T> {
  return Object.fromEntries(REQUEST_MODES.map((mode) => [mode, of(mode)])) as Record<RequestMode, T>
}
