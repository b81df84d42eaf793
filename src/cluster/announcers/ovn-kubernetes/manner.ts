import type { MannerOf } from '../announcer.js'
import { UNKNOWN_INTERFACES } from '../manner.js'

/**
 * On the network of the nodes' bridge the gateway router of the node answers by a flow of Open vSwitch, whatever the kernel's
 * settings are, and newer versions put the address on the bridge as well; on another network the kernel alone answers
 * (docs/design/egressip.md). Which of these it is, the EgressIP does not say; unicast requests and probes were not tried.
 */
export function ovnKubernetesManner(): MannerOf {
  return () => ({
    kernelHasASay: false,
    answers: { broadcast: true, unicast: null, probe: null },
    hearing: 'program',
    failoverSeconds: null,
    interfacesOn: () => UNKNOWN_INTERFACES,
  })
}
