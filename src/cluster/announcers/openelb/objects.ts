import type { Known } from '../../../known.js'

/** network.kubesphere.io Eip. */
export interface OpenElbEip {
  readonly name: string
  readonly address: string
  /** `layer2`, `bgp` or `vip`. */
  readonly protocol: string
  readonly interface: string
  readonly disabled: boolean
}

declare module '../../model.js' {
  interface ClusterSnapshot {
    readonly openElbEips: Known<readonly OpenElbEip[]>
  }
}
