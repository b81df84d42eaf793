import type { ArpDecoder } from '../wire/arp-decoder.js'
import { DISCOVERY } from '../wire/discovery-decoder.js'
import { ARP_REPLY, ARP_REQUEST, ETHERTYPE } from '../wire/ethernet.js'
import * as FLOW_KEY from './columns/flow-key.js'
import * as REGION from './columns/region.js'
import type { Core } from './core.js'

const ETHERNET = REGION.keyAt + FLOW_KEY.ethernet
const TYPE = REGION.keyAt + FLOW_KEY.type
const ARP = REGION.keyAt + FLOW_KEY.arp

/**
 * Puts a solicitation or an advertisement which the decoder holds where the core finds it (region.ts): its key but for the
 * addresses, and these. The sender's MAC is the one that the message names, or else the one that sent the frame.
 */
export function putDiscovery({ bytes }: Core, { words, discovery, neighbours }: ArpDecoder, view: DataView): void {
  const at = neighbours.linkAddressAt
  for (let word = 0; word < 3; word++) bytes.setInt32(ETHERNET + 4 * word, words[word]!)
  bytes.setUint16(TYPE, ETHERTYPE.ipv6)
  bytes.setUint16(TYPE + 2, ((neighbours.flags | (at < 0 ? 0 : FLOW_KEY.hasLinkAddress)) << 8) >>> 0)
  bytes.setInt32(TYPE + 4, 0)
  bytes.setUint16(ARP, discovery === DISCOVERY.neighborSolicitation ? ARP_REQUEST : ARP_REPLY)
  bytes.setUint16(ARP + 2, at < 0 ? words[1]! & 0xffff : view.getUint16(at))
  bytes.setInt32(ARP + 4, at < 0 ? words[2]! : view.getInt32(at + 2))
  for (let byte = 8; byte < 22; byte += 2) bytes.setUint16(ARP + byte, 0)
  bytes.setUint16(REGION.keyAt + FLOW_KEY.tpa + 4, 0)
  for (let word = 0; word < 4; word++) {
    bytes.setInt32(REGION.discoverySourceAt + 4 * word, neighbours.source[word]!)
    bytes.setInt32(REGION.discoveryDestinationAt + 4 * word, neighbours.destination[word]!)
    bytes.setInt32(REGION.discoveryTargetAt + 4 * word, neighbours.target[word]!)
  }
}
