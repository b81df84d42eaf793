import type { Condition, Labels, Named } from './model.js'
import type { LabelSelector } from './model-workloads.js'

/** metallb.io/v1beta1 IPAddressPool. */
export interface IpAddressPool extends Named {
  readonly labels: Labels
  /** CIDRs and `from-to` ranges as written. */
  readonly addresses: readonly string[]
  readonly autoAssign: boolean
  readonly avoidBuggyIPs: boolean
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
  readonly interfaces: readonly string[]
  readonly createdAt: string | null
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

/** cilium.io CiliumL2AnnouncementPolicy; a null selector selects everything. */
export interface CiliumL2Policy {
  readonly name: string
  readonly serviceSelector: LabelSelector | null
  readonly nodeSelector: LabelSelector | null
  /** Regular expressions; empty is every interface. */
  readonly interfaces: readonly string[]
  readonly externalIPs: boolean
  readonly loadBalancerIPs: boolean
  readonly conditions: readonly Condition[]
}

/** cilium.io CiliumLoadBalancerIPPool. */
export interface CiliumPool {
  readonly name: string
  readonly blocks: readonly {
    readonly cidr: string | null
    readonly start: string | null
    readonly stop: string | null
  }[]
  readonly serviceSelector: LabelSelector | null
  readonly disabled: boolean
}

/** network.kubesphere.io Eip. */
export interface OpenElbEip {
  readonly name: string
  readonly address: string
  /** `layer2`, `bgp` or `vip`. */
  readonly protocol: string
  readonly interface: string
  readonly disabled: boolean
  /** Address → services, as its status prints them. */
  readonly used: Labels
}

/** purelb.io ServiceGroup. */
export interface PureLbServiceGroup extends Named {
  /** CIDRs and ranges of its local pools. */
  readonly pools: readonly string[]
}

/** purelb.io LBNodeAgent. */
export interface PureLbNodeAgent extends Named {
  readonly localInterface: string
  readonly extLBInterface: string
  readonly sendsGratuitous: boolean
}
