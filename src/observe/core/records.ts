import * as KEY from '../columns/flow-key'
import * as GATHERED from '../columns/gathered'
import * as REGION from '../columns/regions'
import { PLAIN_ARP } from './key'
import { forgotten, has, keyAt, likely } from './keys'
import { handOver } from './queue'
import { passPlainOther, putKnownArp, putPlainArp } from './reader'

/** See RECORD in src/wire/pcap-reader.ts. */
const SECONDS = 0
const FRACTION = 4
const CAPTURED = 8
const MAX_CAPTURED: u32 = 262_144

/** As far as a whole ARP packet goes, on Ethernet without a tag. */
const ARP_FRAME: u32 = 42

const ROW_BYTES = GATHERED.width * 4
const FULL: usize = REGION.gatheredAt + REGION.gatheredFrames * ROW_BYTES

/** Where `gather` stopped. */
let stopped: usize = 0
/** Of no use but that a compiler must not leave the reading out that sums up to it. */
let touched: u32 = 0

/**
 * Reads pcap records of untagged Ethernet in [at, end), as long as they are whole and hold ARP for Ethernet and IPv4, or other
 * protocols. Returns where it stopped: at a record that needs a closer look, or at the end.
 *
 * Some frames at a time, one step after the other: so a processor fetches many keys at once, where frame by frame it would
 * wait for each.
 */
export function readRecords(at: usize, end: usize, swapped: bool, headerLength: u32, nanosPerUnit: u32): usize {
  stopped = at
  let last: usize
  do {
    last = gather(stopped, end, swapped, headerLength, nanosPerUnit)
    fetchKeys(last)
    putAll(last)
    handOver()
  } while (last === FULL)
  return stopped
}

/** Gathers frames until there is no place for more, or a record needs a closer look. Returns the end of the last one. */
function gather(from: usize, end: usize, swapped: bool, headerLength: u32, nanosPerUnit: u32): usize {
  const units: u32 = 1_000_000_000 / nanosPerUnit
  let at = from
  let frame: usize = REGION.gatheredAt
  while (frame < FULL && end - at >= <usize>headerLength) {
    const captured = word(at + CAPTURED, swapped)
    const start = at + headerLength
    if (captured < ARP_FRAME || captured > MAX_CAPTURED || start + captured > end) break
    const type = load<u64>(start, KEY.type)
    const isArp = type === PLAIN_ARP
    if (!isArp && mayHoldArp(bswap<u16>(<u16>type))) break
    const fraction = word(at + FRACTION, swapped)
    store<u32>(frame, isArp ? start : 0, GATHERED.start * 4)
    store<u32>(frame, isArp ? likely(start) : 0, GATHERED.flow * 4)
    store<u32>(frame, word(at + SECONDS, swapped), GATHERED.seconds * 4)
    store<u32>(frame, fraction < units ? fraction * nanosPerUnit : 999_999_999, GATHERED.nanos * 4)
    frame += ROW_BYTES
    at = start + captured
  }
  stopped = at
  return frame
}

/** Reads of each key that a frame is likely to have. */
function fetchKeys(last: usize): void {
  let sum: u32 = 0
  for (let frame: usize = REGION.gatheredAt; frame < last; frame += ROW_BYTES) {
    sum += load<u32>(keyAt(load<u32>(frame, GATHERED.flow * 4) - 1))
  }
  touched = sum
}

function putAll(last: usize): void {
  const generation = forgotten
  for (let frame: usize = REGION.gatheredAt; frame < last; frame += ROW_BYTES) {
    const seconds = load<u32>(frame, GATHERED.seconds * 4)
    const nanos = load<u32>(frame, GATHERED.nanos * 4)
    const start: usize = load<u32>(frame, GATHERED.start * 4)
    const flow = load<u32>(frame, GATHERED.flow * 4)
    if (start === 0) passPlainOther(seconds, nanos)
    else if (flow !== 0 && forgotten === generation && has(flow, start)) putKnownArp(flow, seconds, nanos)
    else putPlainArp(start, seconds, nanos)
  }
}

// @ts-ignore: decorator
@inline
function word(at: usize, swapped: bool): u32 {
  const bytes = load<u32>(at)
  return swapped ? bswap<u32>(bytes) : bytes
}

/** ARP itself, tags, and the lengths of IEEE 802.3: see ETHERTYPE and ETHERNET in src/wire/ethernet.ts. */
// @ts-ignore: decorator
@inline
function mayHoldArp(type: u16): bool {
  return type <= 1500 || type === 0x0806 || type === 0x8100 || type === 0x88a8 || type === 0x9100
}
