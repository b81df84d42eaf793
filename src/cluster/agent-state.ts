export const ASKED_ANNOUNCERS = ['metallb', 'cilium'] as const

/** What the agent of an announcer on one node says of itself: the metrics of a speaker, the table of a Cilium agent. */
export interface AgentState {
  readonly announcer: (typeof ASKED_ANNOUNCERS)[number]
  readonly node: string
  /** The pod or the file, for people. */
  readonly from: string
  /** All that it answers for, of the families that it tells of. */
  readonly addresses: readonly AgentAddress[]
  /** False: it tells of IPv4 only. */
  readonly tellsIpv6: boolean
  /** It works on with a former configuration; null: it does not say. */
  readonly staleConfiguration: boolean | null
}

/** An address that an agent answers for, and its counters since it started; null: it does not count them. */
export interface AgentAddress {
  readonly ip: string
  readonly received: number | null
  readonly sent: number | null
}
