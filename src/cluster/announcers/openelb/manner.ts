import { valueOr } from '../../../known.js'
import { holdsAddress, parseAddressRange } from '../../address-range.js'
import type { ClusterSnapshot } from '../../model.js'
import type { MannerOf } from '../announcer.js'
import { ALL_INTERFACES, ANSWERS_ALL, ANSWERS_UNKNOWN, isIpv6Text, named } from '../manner.js'

/** A socket of its own on the Eip's interface; `can_reach:ADDRESS` leaves the choice to the node's routes. */
export function openElbManner(cluster: ClusterSnapshot): MannerOf {
  return ({ ip }) => {
    const eip = valueOr(cluster.openElbEips, []).find(({ address }) => {
      const range = parseAddressRange(address)
      return range !== null && holdsAddress([range], ip)
    })
    const name = eip?.interface ?? ''
    const choice =
      name === '' || name.startsWith('can_reach:') ? ALL_INTERFACES : named(name, `Eip/${eip?.name}`, '.spec.interface')
    return {
      kernelHasASay: false,
      answers: isIpv6Text(ip) ? ANSWERS_UNKNOWN : ANSWERS_ALL,
      failoverSeconds: null,
      interfacesOn: () => choice,
    }
  }
}
