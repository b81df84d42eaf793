import type { Ipv4 } from '../../wire/ipv4.js'
import type { Ipv6 } from '../../wire/ipv6.js'
import type { Mac } from '../../wire/mac.js'

/** What a packet filter sees of a frame. Null: the question does not say. */
export type Packet = ArpPacket | NdPacket

/** A neighbour solicitation (135) or advertisement (136). */
export interface NdPacket extends Ethernet {
  readonly icmp: 135 | 136
  readonly source: Ipv6 | null
  readonly destinationIp: Ipv6
  readonly target: Ipv6
  readonly hopLimit: number
}

export interface ArpPacket extends Ethernet {
  readonly operation: 1 | 2
  readonly senderIp: Ipv4
  readonly targetIp: Ipv4
}

export function isNd(packet: Packet): packet is NdPacket {
  return 'icmp' in packet
}

interface Ethernet {
  readonly senderMac: Mac | null
  readonly destination: Mac | null
  readonly broadcast: boolean
  /** The device that it came in by; null on its way out. */
  readonly input: string | null
  /** The device that it goes out by; null on its way in. */
  readonly output: string | null
  /** The bridge of that device; null: none. */
  readonly bridge: string | null
}

/** What a rule does with a packet; null: it does not match. `open`: it may or may not match. */
export interface Matched {
  readonly sure: boolean
  /** `accept`, `drop`, `return`, `jump NAME`, `goto NAME`; null: only counts, logs. */
  readonly verdict: string | null
}
