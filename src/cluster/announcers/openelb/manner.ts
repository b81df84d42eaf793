import { valueOr } from '../../../known.js'
import { holdsAddress, parseAddressRange } from '../../address-range.js'
import type { ClusterSnapshot } from '../../model.js'
import type { InterfaceChoice, MannerOf } from '../announcer.js'
import { ALL_INTERFACES, ANSWERS_ALL, ANSWERS_UNKNOWN, isIpv6Text, named, UNKNOWN_INTERFACES } from '../manner.js'
import type { OpenElbEip } from './objects.js'

/** A socket of its own on the Eip's interface; `can_reach:ADDRESS` leaves the choice to the node's routes. */
export function openElbManner(cluster: ClusterSnapshot): MannerOf {
  return ({ ip }) => {
    const eip = valueOr(cluster.openElbEips, []).find(({ address }) => {
      const range = parseAddressRange(address)
      return range !== null && holdsAddress([range], ip)
    })
    const choice = choiceOf(eip)
    return {
      kernelHasASay: false,
      answers: isIpv6Text(ip) ? ANSWERS_UNKNOWN : ANSWERS_ALL,
      failoverSeconds: null,
      interfacesOn: () => choice,
    }
  }
}

function choiceOf(eip: OpenElbEip | undefined): InterfaceChoice {
  if (eip === undefined || eip.interface.startsWith('can_reach:')) return UNKNOWN_INTERFACES
  return eip.interface === '' ? ALL_INTERFACES : named(eip.interface, `Eip/${eip.name}`, '.spec.interface')
}
