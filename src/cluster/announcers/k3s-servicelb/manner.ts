import type { MannerOf } from '../announcer.js'
import { ALL_INTERFACES, BY_KERNEL } from '../manner.js'

/** The node's own addresses: nothing fails over. */
export function k3sManner(): MannerOf {
  return () => ({ ...BY_KERNEL, failoverSeconds: null, interfacesOn: () => ALL_INTERFACES })
}
