import { LINK_TYPE } from './link-type.js'

const PCAP_HEADER_LENGTH = 24
export const PCAP_RECORD_HEADER_LENGTH = 16

/** draft-ietf-opsawg-pcap section 4: little-endian, microseconds, version 2.4. */
export function pcapHeader(linkType: number = LINK_TYPE.ethernet): Uint8Array {
  const bytes = new Uint8Array(PCAP_HEADER_LENGTH)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, 0xa1b2c3d4, true)
  view.setUint16(4, 2, true)
  view.setUint16(6, 4, true)
  view.setUint32(16, 262_144, true)
  view.setUint32(20, linkType, true)
  return bytes
}

/** Writes the 16 bytes before a frame (draft-ietf-opsawg-pcap section 5); `at` is microseconds since the epoch. */
export function setPcapRecord(view: DataView, offset: number, at: number, captured: number, original = captured): void {
  view.setUint32(offset, Math.floor(at / 1_000_000), true)
  view.setUint32(offset + 4, at % 1_000_000, true)
  view.setUint32(offset + 8, captured, true)
  view.setUint32(offset + 12, original, true)
}

/** One record: its header and the whole frame. */
export function pcapRecord(at: number, frame: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(PCAP_RECORD_HEADER_LENGTH + frame.length)
  setPcapRecord(new DataView(bytes.buffer), 0, at, frame.length)
  bytes.set(frame, PCAP_RECORD_HEADER_LENGTH)
  return bytes
}
