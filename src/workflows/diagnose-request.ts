import type { ClusterSnapshot } from '../cluster/model.js'
import type { AskedSpeakers } from '../cluster/read-speakers.js'
import type { SegmentNow } from '../facts/past-segments.js'
import type { HostRecord } from '../node/host.js'
import type { Bundle } from './bundle.js'
import type { HostTarget } from './gathered.js'
import type { ScanAdapters } from './scan.js'
import type { ScanRequest } from './scan-request.js'
import type { BaselineStore } from './vip-baseline.js'

export interface DiagnoseRequest extends ScanRequest {
  /** Hosts named by the operator, read in any case. */
  readonly hosts: readonly string[]
  /** Every node of the cluster, not only those that matter. */
  readonly allNodes: boolean
}

export interface DiagnoseAdapters extends ScanAdapters {
  /** Null when hosts were not to be read. Each failure is a record of its own. */
  readonly readHosts:
    | ((targets: readonly HostTarget[], interrupted: AbortSignal) => Promise<readonly HostRecord[]>)
    | null
  /** Asks announcers' agents on these nodes; absent: there is no API server to ask through. */
  readonly readAgents?:
    | ((nodes: readonly string[], cluster: ClusterSnapshot, interrupted: AbortSignal) => Promise<AskedSpeakers>)
    | undefined
  /** `--baseline`; null when not asked for. */
  readonly baseline: BaselineStore | null
  /** Keeps all that was looked at; null when not asked for. */
  readonly saveBundle: ((bundle: Bundle) => Promise<void>) | null
  /** This machine's neighbours on an interface, where it is the one that looks; absent: it is not, or they cannot be read. */
  readonly neighboursOf?: ((device: string) => SegmentNow) | undefined
  /** What parsing and judging may take, in ms; absent: as usual. */
  readonly workMs?: number
}
