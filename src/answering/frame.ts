import type { Link } from '../node/model.js'
import { type Ip, isIpv4 } from '../wire/ip.js'
import type { Mac } from '../wire/mac.js'
import { groupMac, solicitedNodeOf } from '../wire/write-discovery.js'
import type { PacketType, Trace } from './asked.js'
import type { Packet } from './filter/packet.js'
import type { Reply, Solicitation } from './model.js'

/** A frame at one device, on its way up. */
export interface Frame {
  readonly device: Link
  /** The devices that it came through, the one on the wire first; not `device`. */
  readonly below: readonly Link[]
  /** The tag that is still on it. */
  readonly vlan: number | null
  readonly packet: PacketType
  readonly to: Mac | null
  readonly target: Ip
  /** 0: a probe. */
  readonly asker: Ip
  /** What it is like where it is a neighbour solicitation. */
  readonly solicitation: Solicitation
  readonly trace: Trace
}

/** Where a frame ends: at a device whose ARP or neighbour discovery code sees it, or before one (`stopped`), perhaps answered on the way. */
export interface Arrival extends Frame {
  readonly stopped: boolean
  readonly replies: readonly Reply[]
}

export function stopped(frame: Frame): Arrival[] {
  return [{ ...frame, stopped: true, replies: [] }]
}

/** NO-CARRIER alone may be old news: a device with LOWER_UP receives. */
export function isDown({ flags }: Link): boolean {
  return !flags.includes('UP') || (flags.includes('NO-CARRIER') && !flags.includes('LOWER_UP'))
}

/** The frame as a packet filter sees it where it comes in. */
export function requestPacket({ device, below, packet, to, target, asker, solicitation }: Frame): Packet {
  const place = {
    senderMac: null,
    broadcast: packet === 'broadcast',
    input: device.name,
    output: null,
    bridge: device.master ?? below.at(-1)?.master ?? null,
  }
  if (isIpv4(target) && isIpv4(asker)) {
    return { ...place, operation: 1, senderIp: asker, targetIp: target, destination: to ?? 0xffff_ffff_ffff }
  }
  const toGroup = packet === 'broadcast'
  const destinationIp = toGroup ? solicitedNodeOf(target as bigint) : (target as bigint)
  const destination = to ?? groupMac(destinationIp)
  const { hopLimit } = solicitation
  return {
    ...place,
    icmp: 135,
    source: asker as bigint,
    destinationIp,
    target: target as bigint,
    hopLimit,
    destination,
  }
}

/** The same frame at the next device. */
export function onto(frame: Frame, device: Link, more: Partial<Frame> = {}): Frame {
  return { ...frame, device, below: [...frame.below, frame.device], ...more }
}
