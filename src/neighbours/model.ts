import type { Ip } from '../wire/ip.js'
import type { Mac } from '../wire/mac.js'

/** Whose output a table is. */
export const NEIGHBOUR_FORMATS = [
  'linux',
  'cisco-ios',
  'cisco-nxos',
  'cisco-xr',
  'arista-eos',
  'junos',
  'mikrotik',
  'bsd',
  'frr',
  'sonic',
] as const
export type NeighbourFormat = (typeof NEIGHBOUR_FORMATS)[number]

/**
 * `own`: of the device itself; `static`: somebody wrote it into the configuration, or the device has it itself and does not say;
 * `remote`: another device advertises it (EVPN), until that one withdraws it.
 */
export const ENTRY_KINDS = ['dynamic', 'static', 'own', 'remote', 'incomplete'] as const
/** Of a MAC at a port. */
export const PORT_KINDS = ['dynamic', 'static', 'remote'] as const
export type EntryKind = (typeof ENTRY_KINDS)[number]

/** Seconds since an entry was learnt or confirmed: a device that prints minutes leaves most of one open. */
export interface Age {
  readonly atLeast: number
  readonly atMost: number
}

/** What a router or host sends frames for an address to. */
export interface NeighbourEntry {
  readonly ip: Ip
  /** Null: nobody answered it. */
  readonly mac: Mac | null
  readonly kind: EntryKind
  readonly interface: string | null
  /** Its routing table, where the row or the lines above name one that is not the default. */
  readonly vrf: string | null
  /** The port behind a VLAN's interface, or the tunnel's other end, where the table names it. */
  readonly port: string | null
  readonly vlan: number | null
  readonly age: Age | null
  /** Seconds until it is asked again or dropped. */
  readonly expiresSeconds: number | null
  /** As the device prints them: `REACHABLE`, `STALE`, `incomplete` … */
  readonly states: readonly string[]
}

/** The port at which a switch has learnt a MAC. */
export interface PortEntry {
  readonly mac: Mac
  readonly kind: (typeof PORT_KINDS)[number]
  readonly vlan: number | null
  readonly port: string
}

/** The tables of one router or switch, as its output shows them. */
export interface NeighbourTable {
  /** As the operator calls it. */
  readonly name: string
  readonly format: NeighbourFormat
  readonly entries: readonly NeighbourEntry[]
  readonly ports: readonly PortEntry[]
  /** Lines that look like entries and could not be read, and those beyond the bound. */
  readonly unread: number
  /** The addresses in them. */
  readonly unreadIps: readonly Ip[]
}

/** `nothing`: a row that is known, and by which the device sends nothing. */
export type Row =
  | ({ readonly is: 'entry' } & NeighbourEntry)
  | ({ readonly is: 'port' } & PortEntry)
  | { readonly is: 'nothing' }

/** One kind of table that a device prints. */
export interface Section {
  /** The line above its rows; null: its rows tell by themselves what they are. */
  readonly heading: RegExp | null
  /** Null: a line that is no row of it. */
  readonly row: (line: string, heading: string) => Row | null
  /** A line with an address alone has one more address of the row above it. */
  readonly hasMoreAddresses?: true
}

/** How the tables of one maker are read. */
export interface Format {
  readonly id: NeighbourFormat
  readonly sections: readonly Section[]
  /** The same in JSON; null where it is not of this maker. */
  readonly json?: (value: unknown) => readonly Row[] | null
}
