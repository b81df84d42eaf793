import type { Known } from '../../../known.js'
import type { Named } from '../../model-common.js'

/** purelb.io ServiceGroup. */
export interface PureLbServiceGroup extends Named {
  /** CIDRs and ranges of its local pools. */
  readonly pools: readonly string[]
}

declare module '../../model.js' {
  interface ClusterSnapshot {
    readonly pureLbServiceGroups: Known<readonly PureLbServiceGroup[]>
  }
}
