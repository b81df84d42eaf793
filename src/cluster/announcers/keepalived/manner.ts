import type { ClusterSnapshot } from '../../model.js'
import type { MannerOf } from '../announcer.js'
import { ALL_INTERFACES, BY_KERNEL, named, UNKNOWN_INTERFACES } from '../manner.js'
import { vrrpGroups } from './groups.js'

/**
 * The master puts the address on the interface, or on a macvlan of it with the virtual MAC (use_vmac), and the kernel answers.
 * How long the others wait follows from intervals that no object of the API shows.
 */
export function keepalivedManner(cluster: ClusterSnapshot): MannerOf {
  const groups = vrrpGroups(cluster)
  return ({ ip }) => {
    const group = groups.find(({ addresses }) => addresses.some((one) => one.ip === ip))
    const name = group?.interface
    const choice = group && name ? named(name, group.object, group.path) : group ? ALL_INTERFACES : UNKNOWN_INTERFACES
    return { ...BY_KERNEL, failoverSeconds: null, interfacesOn: () => choice }
  }
}
