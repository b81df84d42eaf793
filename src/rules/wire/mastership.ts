import type { AddressFacts, Micros, Transition, WireFacts } from '../../observe/model.js'
import type { MasterChange, VirtualRouter } from '../../observe/vrrp/model.js'
import { formatIp } from '../../wire/ip.js'
import { isClash, togetherOf } from '../vrrp/pairs.js'
import { isSameStack } from '../vrrp/parts.js'

/** An announcement may stand before the advert of the new master, and one of the old master may still be on its way after it. */
const APART: Micros = 1_000_000

/**
 * Each of these changes of owner has a change of master of its own in the adverts of one virtual router: who took the address was
 * master then, and no other machine was at the same time.
 */
export function followMasters(
  changes: readonly Transition[],
  { ip, vlans }: Pick<AddressFacts, 'ip' | 'vlans'>,
  wire: Pick<WireFacts, 'capture'>,
): boolean {
  const here = wire.capture.vrrp.routers.filter((router) => isSameStack(vlans, router.vlans))
  const naming = here.filter(({ masters }) =>
    masters.some(({ said }) => said.some((one) => one.addresses.includes(formatIp(ip)))),
  )
  // two virtual routers with one address contest it; CARP, and keepalived for virtual_ipaddress_excluded, name no address
  if (naming.length > 1) return false
  return (naming.length === 1 ? naming : here).some((router) => explains(router, changes))
}

function explains(router: VirtualRouter, changes: readonly Transition[]): boolean {
  if (router.changeCount > router.changes.length || togetherOf(router).length > 0 || isClash(router)) return false
  let after = 0
  return changes.every((change) => {
    const found = router.changes.findIndex(
      (one, at) => at >= after && made(one, router, change) && lasts(at, router, change),
    )
    after = found + 1
    return found >= 0
  })
}

/** The new master advertises from the MAC that took the address. */
function made({ at, to }: MasterChange, { masters }: VirtualRouter, change: Transition): boolean {
  return change.at >= at - APART && masters.some(({ ip, macs }) => ip === to && macs.includes(change.to))
}

/** Nobody had become master after it by then. */
function lasts(at: number, { changes }: VirtualRouter, change: Transition): boolean {
  const next = changes[at + 1]
  return next === undefined || change.at <= next.at + APART
}
