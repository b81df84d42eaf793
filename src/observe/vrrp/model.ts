import type { Mac } from '../../wire/mac.js'
import type { Micros } from '../micros.js'

/** What the adverts of VRRP and CARP in a capture say. */
export interface VrrpFacts {
  /** Packets of protocol 112 that are adverts, and those that cannot be read, by name. */
  readonly adverts: number
  readonly failures: Readonly<Record<string, number>>
  /** In the order of their first advert, at most 1024. */
  readonly routers: readonly VirtualRouter[]
}

/** One virtual router (VRID, or VHID of CARP) of one address family on one VLAN stack. */
export interface VirtualRouter {
  readonly protocol: 'vrrp' | 'carp'
  readonly family: 4 | 6
  readonly vlans: readonly number[]
  readonly vrid: number
  /** The machines that advertised, in the order of their first advert, at most 16. */
  readonly masters: readonly VrrpMaster[]
  /** Each time another machine advertised, where the one before had resigned or paused or stopped then; first 64. */
  readonly changes: readonly MasterChange[]
  readonly changeCount: number
  /** Who advertised last and did not resign. */
  readonly master: string | null
}

/** A machine that advertises, known by the source address of its packets. */
export interface VrrpMaster {
  readonly ip: string
  /** Ethernet sources, at most 4; the virtual MAC itself where the program sends from it. */
  readonly macs: readonly Mac[]
  /** Machines that it advertised to by unicast, at most 16. */
  readonly peers: readonly string[]
  readonly adverts: number
  readonly firstAt: Micros
  readonly lastAt: Micros
  readonly firstFrame: number
  readonly lastFrame: number
  /** Adverts of priority 0. */
  readonly resigned: number
  /** Adverts that a receiver discards. */
  readonly wrongChecksum: number
  readonly wrongHopLimit: number
  /** What it said, oldest first; each time anything of it was new, at most 8. */
  readonly said: readonly Said[]
  /** How often it advertised on, without a pause, although this other machine had advertised in between, or began beside one that never paused. */
  readonly besides: readonly Beside[]
}

export interface Beside {
  readonly ip: string
  readonly times: number
  /** Of those, how often the advert of the other had the higher priority, or the higher address with the same: who hears it stops. */
  readonly outranked: number
  readonly firstAt: Micros
  readonly lastAt: Micros
  /** The first of them, and the advert of the other before it. */
  readonly frame: number
  readonly otherFrame: number
}

/** What an advert holds, but for what is the same for all of a router. */
export interface Said {
  readonly version: number
  readonly priority: number
  readonly intervalMs: number
  readonly authentication: string
  readonly addresses: readonly string[]
  readonly unicast: boolean
  readonly adverts: number
  readonly firstAt: Micros
  readonly firstFrame: number
  readonly lastAt: Micros
  readonly lastFrame: number
}

export interface MasterChange {
  readonly at: Micros
  readonly frame: number
  readonly from: string
  readonly to: string
  /** How the one before ended: with priority 0, with silence of three intervals, or it was still advertising. */
  readonly how: 'resigned' | 'silent' | 'preempted'
  /** What both said last. */
  readonly fromPriority: number
  readonly toPriority: number
}
