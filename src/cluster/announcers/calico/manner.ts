import type { MannerOf } from '../announcer.js'
import { ANSWERS_ALL, UNKNOWN_INTERFACES } from '../manner.js'

/**
 * Sockets of its own on each host interface whose subnet holds the address (felix/dataplane/linux/proxy_neigh_mgr.go). It
 * answers every request that names the address, probes too, and announces it again from time to time. Nobody takes over
 * before the Node object of the owner is gone.
 */
export function calicoManner(): MannerOf {
  return () => ({
    kernelHasASay: false,
    answers: ANSWERS_ALL,
    failoverSeconds: null,
    interfacesOn: () => UNKNOWN_INTERFACES,
  })
}
