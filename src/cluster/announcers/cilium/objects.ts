import type { Known } from '../../../known.js'
import type { Condition } from '../../model-common.js'
import type { LabelSelector } from '../../model-workloads.js'

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
}

declare module '../../model.js' {
  interface ClusterSnapshot {
    readonly ciliumL2Policies: Known<readonly CiliumL2Policy[]>
    readonly ciliumPools: Known<readonly CiliumPool[]>
  }
}
