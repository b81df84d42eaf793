import type { KeptSource } from '../capture/keep.js'
import type { AgentState } from '../cluster/agent-state.js'
import type { Attribution } from '../facts/attribution.js'
import type { Gap } from '../known.js'
import type { HostRecord } from '../node/host.js'
import type { Host } from '../node/model.js'
import type { Seen } from './see.js'

/** A host to read: its name in the report, and where it is reached. */
export interface HostTarget {
  readonly name: string
  readonly address: string
}

/** The place of a capture where none is named. */
export const HERE = ''

/** All that one diagnosis looked at, before anything is judged. */
export interface Gathered {
  readonly seen: Seen
  /** What is to go into a bundle, by the place that it was captured at; empty unless one is to be written. */
  readonly kept: ReadonlyMap<string, KeptSource>
  /** Sorted by name: the order in which hosts answered must not show in a report. */
  readonly records: readonly HostRecord[]
  readonly hosts: readonly Host[]
  readonly attribution: Attribution
  /** What announcers' agents said when they were asked. */
  readonly agents: readonly AgentState[]
  /** Hosts that were left out, and why. */
  readonly gaps: readonly Gap[]
}
