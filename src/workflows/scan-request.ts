import type { AgentState } from '../cluster/agent-state.js'
import type { MacOwner } from '../facts/attribution.js'
import type { BaselineFacts } from '../facts/baseline.js'
import type { ClusterView } from '../facts/cluster-view.js'
import type { HistoryFacts } from '../facts/history.js'
import type { PastSegments } from '../facts/past-segments.js'
import type { Question } from '../facts/question.js'
import type { Gap, Known } from '../known.js'
import type { NeighbourTable } from '../neighbours/model.js'
import type { Suppression } from '../report/suppress.js'

/** What is known of the question before anybody has looked. `probed` null: the capture itself must show it. */
export type AskedQuestion = Omit<Question, 'own' | 'probed'> & { readonly probed: boolean | null }

export interface ScanRequest {
  readonly question: AskedQuestion
  readonly allAddresses: boolean
  readonly suppressions: readonly Suppression[]
}

/** Why a truth was not asked for. `gap`: nobody chose so, and the operator should know. */
export interface Unasked {
  readonly because: string
  readonly gap: Gap | null
}

/** The table of a router or switch that the operator gave; unknown where its format is. */
export interface GivenTable {
  readonly name: string
  readonly table: Known<NeighbourTable>
}

/** What an announcer's agent printed, of the node that the operator names; unknown where it is in no format that is known. */
export interface GivenAgent {
  readonly state: Known<AgentState>
}

/** What is known beside the wire. */
export interface ScanContext {
  /** Null when no cluster was to be read: `unasked` says why. */
  readonly view: Known<ClusterView> | null
  readonly unasked: Unasked | null
  /** MACs whose nodes are known from elsewhere. */
  readonly owners: readonly MacOwner[]
  /** `--neighbours`: tables of routers and switches, each as it is called; absent: none. */
  readonly neighbours?: readonly GivenTable[]
  /** `--cilium-l2-announce`; absent: none. */
  readonly agents?: readonly GivenAgent[]
  /** `--history`; absent: none. */
  readonly history?: HistoryFacts
  /** The segments that it is of; absent: that cannot be told. */
  readonly pastSegments?: PastSegments
  /** What a bundle kept of the VIPs before; absent: nothing. */
  readonly baseline?: BaselineFacts
  /** What kept the scan from asking all it could. */
  readonly gaps: readonly Gap[]
}
