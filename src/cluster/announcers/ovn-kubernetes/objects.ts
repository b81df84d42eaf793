import type { Known } from '../../../known.js'

/** k8s.ovn.org EgressIP: source addresses of pods, each on one node. */
export interface EgressIp {
  readonly name: string
  readonly egressIPs: readonly string[]
  /** Where each is now, by its status. */
  readonly items: readonly { readonly egressIP: string; readonly node: string }[]
}

declare module '../../model.js' {
  interface ClusterSnapshot {
    readonly egressIps: Known<readonly EgressIp[]>
  }
}
