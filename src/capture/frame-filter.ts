import { ETHERTYPE } from '../wire/ethernet.js'
import { SNAP_LENGTH } from './live.js'

type Step = readonly [code: number, ifTrue: number, ifFalse: number, value: number]

/** Classic BPF (linux/bpf_common.h). A load past the frame's end refuses it. */
const [LOAD_HALF, LOAD_HALF_BEHIND, LOAD_BYTE] = [0x28, 0x48, 0x50] as const
const [SET_INDEX, JUMP, IF_EQUAL, IF_AT_LEAST, IF_MORE, RETURN] = [0x01, 0x05, 0x15, 0x35, 0x25, 0x06] as const

/** What LISTEN_FILTER says, for a packet socket: the index is 4 behind a tag that the kernel left in the frame. */
const STEPS: readonly Step[] = [
  [SET_INDEX, 0, 0, 0],
  [LOAD_HALF, 0, 0, 12],
  [IF_EQUAL, 1, 0, ETHERTYPE.vlan],
  [IF_EQUAL, 0, 1, ETHERTYPE.providerVlan],
  [SET_INDEX, 0, 0, 4],
  [LOAD_HALF_BEHIND, 0, 0, 12],
  [IF_EQUAL, 17, 0, ETHERTYPE.arp], // ARP: taken
  [IF_EQUAL, 5, 0, ETHERTYPE.ipv6],
  [IF_EQUAL, 0, 16, ETHERTYPE.ipv4],
  [LOAD_BYTE, 0, 0, 23], // the protocol of an IPv4 header
  [IF_EQUAL, 0, 12, 51],
  [LOAD_BYTE, 0, 0, 34], // what follows an authentication header
  [JUMP, 0, 0, 10],
  [LOAD_BYTE, 0, 0, 20], // the next header of IPv6
  [IF_EQUAL, 5, 0, 58], // ICMPv6, at once
  [IF_EQUAL, 2, 0, 0], // or behind one header: hop-by-hop, fragment, destination
  [IF_EQUAL, 1, 0, 44],
  [IF_EQUAL, 0, 5, 60],
  [LOAD_BYTE, 0, 0, 54],
  [IF_EQUAL, 4, 5, 58],
  [LOAD_BYTE, 0, 0, 54], // its type
  [IF_AT_LEAST, 0, 3, 133],
  [IF_MORE, 2, 1, 137],
  [IF_EQUAL, 0, 1, 112],
  [RETURN, 0, 0, SNAP_LENGTH],
  [RETURN, 0, 0, 0],
]

/** Code, both jumps and value of each step, one after the other. */
export const SOCKET_FILTER: readonly number[] = STEPS.flat()
