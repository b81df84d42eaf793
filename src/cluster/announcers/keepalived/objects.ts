import type { Known } from '../../../known.js'
import type { Labels, Named } from '../../model-common.js'

/** redhatcop.redhat.io KeepalivedGroup: keepalived on the nodes that it selects, for the Services that name it. */
export interface KeepalivedGroup extends Named {
  /** Empty where `interfaceFromIP` is set: then each node finds its own. */
  readonly interface: string
  readonly nodeSelector: Labels
}

declare module '../../model.js' {
  interface ClusterSnapshot {
    readonly keepalivedGroups: Known<readonly KeepalivedGroup[]>
  }
}
