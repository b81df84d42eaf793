import type { AddressFacts, Micros, Transition } from '../../observe/model.js'
import type { Mac } from '../../wire/mac.js'
import { glbpGroup, virtualRouterName } from '../../wire/virtual-mac.js'

/**
 * For so long after an announced takeover the old owner may still be heard: MetalLB repeats its announcement for 5 s
 * (`internal/layer2/announcer.go`), keepalived after 5 s, and answers already on their way arrive.
 */
export const SETTLING: Micros = 6_000_000

/** Changes of owner, without the echo of an announced takeover (the old owner's last words and the way back). */
export function takeovers({ transitions }: Pick<AddressFacts, 'transitions'>): Transition[] {
  const kept: Transition[] = []
  for (const change of transitions) {
    const before = kept.at(-1)
    if (!before?.announced || !isEcho(change, before)) kept.push(change)
  }
  return kept
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
