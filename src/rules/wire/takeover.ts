import type { AddressFacts, Transition, WireFacts } from '../../observe/model.js'
import type { Mac } from '../../wire/mac.js'
import { glbpGroup, virtualRouterName, vridOf } from '../../wire/virtual-mac.js'
import { SETTLING, withoutEchoes } from './echoes.js'
import { followMasters } from './mastership.js'
import { overlapOf } from './rounds.js'

/** Changes of owner. Those while the old and the new one both answered, in one announced takeover, are that takeover. */
export function takeovers(address: AddressFacts): Transition[] {
  const changes = withoutEchoes(address)
  const overlap = overlapOf(address)
  if (overlap === null) return changes
  const isWithin = ({ at }: Transition) => at >= overlap.from && at <= overlap.until
  const last = changes.findLast(isWithin)
  return changes.filter((change) => change === last || !isWithin(change))
}

/** How often the owner changed; beyond the transitions kept, every change counts. */
export function takeoverCount(address: AddressFacts): number {
  return takeovers(address).length + address.changes - address.transitions.length
}

/** Every change of owner was announced, and it held or went with a change of master that VRRP shows: what a failover looks like. */
export function isOrderly(address: AddressFacts, wire: Pick<WireFacts, 'capture'>): boolean {
  if (address.changes > address.transitions.length) return false
  const changes = takeovers(address)
  if (!changes.every((change) => isAnnounced(change, address))) return false
  return changes.every((change, n) => holds(change, changes[n - 1])) || followMasters(changes, address, wire)
}

/**
 * kube-vip binds the address first and announces it a moment later, so an announcement after the change counts too. So does that of the
 * virtual MAC since the machine before was last heard.
 */
function isAnnounced(change: Transition, { claims }: AddressFacts): boolean {
  const of = (mac: Mac) => claims.find((claim) => claim.mac === mac)
  if (change.announced || (of(change.to)?.lastGratuitousAt ?? 0) >= change.at) return true
  const since = of(change.from)?.lastAt ?? Number.POSITIVE_INFINITY
  return claims.some(({ mac, lastGratuitousAt }) => vridOf(mac) !== null && (lastGratuitousAt ?? 0) >= since)
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
