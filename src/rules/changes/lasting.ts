import type { Change } from '../../answering/change/model.js'

/**
 * What is different afterwards: an address that is taken off and put back, so that duplicate address detection runs again, is where it
 * was.
 */
export function lasting(changes: readonly Change[]): readonly Change[] {
  return changes.filter((change) => !changes.some((other) => isOpposite(change, other)))
}

function isOpposite(one: Change, other: Change): boolean {
  return (
    (one.kind === 'address-add' || one.kind === 'address-del') &&
    (other.kind === 'address-add' || other.kind === 'address-del') &&
    one.kind !== other.kind &&
    one.address.ip === other.address.ip &&
    one.device === other.device
  )
}
