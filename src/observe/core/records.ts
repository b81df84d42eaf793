import * as FLOW_KEY from '../columns/flow-key.js'
import * as GATHERED from '../columns/gathered.js'
import * as KNOWN_FRAME from '../columns/known-frame.js'
import * as REGION from '../columns/region.js'
import * as RECORD from '../../wire/pcap-record.js'
import { putKnownDiscovery } from './discovery'
import { isArpOrTag, mayHide } from './hidden'
import { PLAIN_ARP } from './key'
import { forgotten, has, keyAt, likely } from './keys'
import { knownAt, knownFrame } from './known-frames'
import { handOver } from './queue'
import { passPlainOther, putKnownArp, putPlainArp } from './reader'

/** As far as a whole ARP packet goes, on Ethernet without a tag. */
const ARP_FRAME: u32 = 42

const ROW_BYTES = GATHERED.rowBytes
const FULL: usize = REGION.gatheredAt + REGION.gatheredFrames * ROW_BYTES

/** Where `gather` stopped. */
let stopped: usize = 0
/** Of no use but that a compiler must not leave the reading out that sums up to it. */
let touched: u32 = 0

/**
 * Reads pcap records of untagged Ethernet in [at, end), as long as they are whole and hold ARP for Ethernet and IPv4, neighbour
 * discovery that is known byte by byte, or other protocols. Returns where it stopped: at a record that needs a closer look, or at the end.
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
    const captured = word(at + RECORD.captured, swapped)
    const start = at + headerLength
    if (captured < ARP_FRAME || captured > <u32>RECORD.maxCaptured || start + captured > end) break
    const type = load<u64>(start, FLOW_KEY.type)
    const isArp = type === PLAIN_ARP
    let flow: u32 = isArp ? likely(start) : 0
    if (!isArp && mayMatter(start, bswap<u16>(<u16>type))) {
      flow = captured === KNOWN_FRAME.bytes ? knownFrame(start) : 0
      if (flow === 0) break
      flow |= GATHERED.known
    }
    const fraction = word(at + RECORD.fraction, swapped)
    store<u32>(frame, isArp || flow !== 0 ? start : 0, GATHERED.start * 4)
    store<u32>(frame, flow, GATHERED.flow * 4)
    store<u32>(frame, word(at + RECORD.seconds, swapped), GATHERED.seconds * 4)
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
    const flow = load<u32>(frame, GATHERED.flow * 4)
    sum += load<u32>((flow & GATHERED.known) !== 0 ? knownKey(flow) : keyAt(flow - 1))
  }
  touched = sum
}

/** The key of the flow that a known frame had last. */
// @ts-ignore: decorator
@inline
function knownKey(number: u32): usize {
  return keyAt(load<u32>(knownAt((number & ~GATHERED.known) - 1), KNOWN_FRAME.flow * 4) - 1)
}

function putAll(last: usize): void {
  const generation = forgotten
  for (let frame: usize = REGION.gatheredAt; frame < last; frame += ROW_BYTES) {
    const seconds = load<u32>(frame, GATHERED.seconds * 4)
    const nanos = load<u32>(frame, GATHERED.nanos * 4)
    const start: usize = load<u32>(frame, GATHERED.start * 4)
    const flow = load<u32>(frame, GATHERED.flow * 4)
    if (start === 0) passPlainOther(seconds, nanos)
    else if ((flow & GATHERED.known) !== 0) putKnownDiscovery(flow & ~GATHERED.known, seconds, nanos)
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

// @ts-ignore: decorator
@inline
function mayMatter(start: usize, type: u16): bool {
  return mayHoldArp(type) || mayHide(start, type)
}

/** ARP itself, tags, and the lengths of IEEE 802.3. */
// @ts-ignore: decorator
@inline
function mayHoldArp(type: u16): bool {
  return type <= 1500 || isArpOrTag(type)
}
