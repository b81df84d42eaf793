import type { Ip } from '../wire/ip.js'
import type { Mac } from '../wire/mac.js'

/** An entry of the neighbour table of the machine that asks, as it stood before the first request. */
export interface OwnNeighbour {
  readonly ip: Ip
  readonly interface: string
  readonly mac: Mac
  /** `REACHABLE`, `STALE`, `PERMANENT` …, as `ip neigh` names them. */
  readonly states: readonly string[]
  /** The name of the machine whose table it is; absent: the one that l2doctor runs on. */
  readonly host?: string
}
