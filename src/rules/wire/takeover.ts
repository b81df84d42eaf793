import type { AddressFacts, Exchange, Micros, Transition } from '../../observe/model.js'
import type { Mac } from '../../wire/mac.js'
import { glbpGroup, virtualRouterName } from '../../wire/virtual-mac.js'

/**
 * For so long after an announced takeover the old owner may still be heard: MetalLB repeats its announcement for 5 s
 * (`internal/layer2/announcer.go`), keepalived after 5 s, and answers already on their way arrive.
 */
export const SETTLING: Micros = 6_000_000

/** Answers on their way, and those of a moment until the old owner hears of it, arrive within this. */
const YIELDING: Micros = 1_000_000
/** One answer may be the old owner's last. */
const FEWEST_ANSWERS = 2

/** Changes of owner, without the echo of an announced takeover (the old owner's last words and the way back). */
export function takeovers(address: Pick<AddressFacts, 'transitions' | 'exchanges'>): Transition[] {
  const kept: Transition[] = []
  const vain = new Map<Transition, boolean>()
  for (const change of address.transitions) {
    const before = kept.at(-1)
    if (before?.announced && isEcho(change, before)) {
      if (!vain.has(before)) vain.set(before, isInVain(before, address))
      if (!vain.get(before)) continue
    }
    kept.push(change)
  }
  return kept
}

/** Whoever announced it never answers, and the old owner goes on to: it did not take over, two machines claim the address. */
function isInVain({ at, from, to }: Transition, { exchanges }: Pick<AddressFacts, 'exchanges'>): boolean {
  const later = exchanges.filter((round) => round.mode === 'broadcast' && round.at > at && round.answers.length > 0)
  const isBy = (mac: Mac) => (round: Exchange) => round.answers.some((answer) => answer.mac === mac)
  const stayed = later.filter((round) => round.at > at + YIELDING && isBy(from)(round))
  return stayed.length >= FEWEST_ANSWERS && !later.some(isBy(to))
}

function isEcho(change: Transition, takeover: Transition): boolean {
  const later = change.at - takeover.at
  if (later < 0 || later > SETTLING) return false
  return change.to === takeover.to || (change.to === takeover.from && !change.announced)
}

/** How often the owner changed; beyond the transitions kept, every change counts. */
export function takeoverCount(address: AddressFacts): number {
  return takeovers(address).length + address.changes - address.transitions.length
}

/** Every change of owner was announced and held: what a failover looks like. */
export function isOrderly(address: AddressFacts): boolean {
  if (address.changes > address.transitions.length) return false
  const changes = takeovers(address)
  return changes.every((change, n) => isAnnounced(change, address) && holds(change, changes[n - 1]))
}

/** kube-vip binds the address first and announces it a moment later, so an announcement after the change counts too. */
function isAnnounced(change: Transition, { claims }: AddressFacts): boolean {
  const owner = claims.find(({ mac }) => mac === change.to)
  return change.announced || (owner?.lastGratuitousAt ?? 0) >= change.at
}

function holds(change: Transition, before: Transition | undefined): boolean {
  return before === undefined || change.at - before.at > SETTLING
}

/** A virtual router's MAC beside the one MAC of the machine that plays it: how VRRP, HSRP and CARP work. */
export function isRouterPair(macs: readonly Mac[]): boolean {
  return macs.length === 2 && macs.filter((mac) => virtualRouterName(mac) !== null).length === 1
}

/** The forwarders of one GLBP group, among which its gateway shares the clients out: the MAC changes by design. */
function isForwarderGroup(macs: readonly Mac[]): boolean {
  const group = macs[0] === undefined ? null : glbpGroup(macs[0])
  return group !== null && macs.every((mac) => glbpGroup(mac) === group)
}

/** Several MACs that are one router, as far as MACs show it. */
export function isOneRouter(macs: readonly Mac[]): boolean {
  return isRouterPair(macs) || isForwarderGroup(macs)
}
