import type { Known } from '../../../known.js'
import type { Labels, Named } from '../../model-common.js'
import type { LabelSelector } from '../../model-workloads.js'

/** metallb.io/v1beta1 IPAddressPool. */
export interface IpAddressPool extends Named {
  readonly labels: Labels
  /** CIDRs and `from-to` ranges as written. */
  readonly addresses: readonly string[]
  readonly autoAssign: boolean
}

/** metallb.io AddressPool, deprecated since 0.13.0 and gone with 0.14.0: it says itself how it is announced. */
export interface AddressPool extends Named {
  /** `layer2` or `bgp`. */
  readonly protocol: string
  /** As of an IPAddressPool. */
  readonly addresses: readonly string[]
}

/** What MetalLB's two kinds of advertisement share. Empty lists select everything. */
interface Advertisement extends Named {
  readonly ipAddressPools: readonly string[]
  readonly ipAddressPoolSelectors: readonly LabelSelector[]
  readonly nodeSelectors: readonly LabelSelector[]
}

/** metallb.io/v1beta1 L2Advertisement. */
export interface L2Advertisement extends Advertisement {
  readonly interfaces: readonly string[]
  /** 0.16 and later. */
  readonly serviceSelectors: readonly LabelSelector[]
  readonly preferredNodeSelectors: readonly { readonly weight: number; readonly selector: LabelSelector }[]
}

/** metallb.io/v1beta1 BGPAdvertisement: a pool that it selects needs no L2Advertisement. */
export type BgpAdvertisement = Advertisement

/** metallb.io/v1beta1 ServiceL2Status: a speaker says that it announces a service. */
export interface ServiceL2Status extends Named {
  readonly node: string
  /** `namespace/name` of the Service. */
  readonly service: string
}

/** metallb.io ConfigurationState (0.16): whether a component took the configuration. */
export interface ConfigurationState extends Named {
  readonly node: string | null
  /** `speaker` or `controller`. */
  readonly component: string
  /** `Valid`, `Invalid` or `Unknown`. */
  readonly result: string
  readonly error: string
}

declare module '../../model.js' {
  interface ClusterSnapshot {
    readonly ipAddressPools: Known<readonly IpAddressPool[]>
    readonly addressPools: Known<readonly AddressPool[]>
    readonly l2Advertisements: Known<readonly L2Advertisement[]>
    readonly bgpAdvertisements: Known<readonly BgpAdvertisement[]>
    readonly serviceL2Statuses: Known<readonly ServiceL2Status[]>
    readonly configurationStates: Known<readonly ConfigurationState[]>
  }
}
