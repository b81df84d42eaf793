import type { Known } from '../../../known.js'

/** crd.projectcalico.org BGPConfiguration: which addresses of Services the nodes advertise by BGP, as CIDRs. */
export interface CalicoBgpConfiguration {
  /** Only `default` holds for the whole cluster. */
  readonly name: string
  readonly loadBalancerIPs: readonly string[]
  readonly externalIPs: readonly string[]
}

/** crd.projectcalico.org FelixConfiguration. */
export interface CalicoFelixConfiguration {
  readonly name: string
  /** `Disabled`, `Pods` or `PodsAndLoadBalancers`; empty where the version has no such field, or nothing is set. */
  readonly localSubnetL2Reachability: string
}

/** crd.projectcalico.org IPPool. */
export interface CalicoIpPool {
  readonly name: string
  readonly cidr: string
  /** By IP in IP or VXLAN. */
  readonly encapsulated: boolean
  readonly allowedUses: readonly string[]
}

declare module '../../model.js' {
  interface ClusterSnapshot {
    readonly calicoBgpConfigurations: Known<readonly CalicoBgpConfiguration[]>
    readonly calicoFelixConfigurations: Known<readonly CalicoFelixConfiguration[]>
    readonly calicoIpPools: Known<readonly CalicoIpPool[]>
  }
}
