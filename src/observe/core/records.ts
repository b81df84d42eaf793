import * as REGION from '../columns/regions'
import * as WAITING from '../columns/waiting'
import { exchangesOf } from './exchanges'
import { find, forgotten, isOf, likelyRow, putKey } from './flows'
import { begin, countPlainArp, countPlainOther } from './frame'
import { meet } from './meet'
import { noteFlow } from './note'

/** See RECORD in src/wire/pcap-reader.ts. */
const SECONDS = 0
const FRACTION = 4
const CAPTURED = 8
const MAX_CAPTURED: u32 = 262_144

/** As far as a whole ARP packet goes, on Ethernet without a tag. */
const ARP_FRAME: u32 = 42
/** EtherType, hrd, pro, hln and pln of ARP for Ethernet and IPv4, as a processor reads them. */
const TYPE = 12
const PLAIN_ARP: u64 = 0x0406_0008_0100_0608

/** Where the batch is full. */
const BATCH_END: usize = REGION.batchAt + REGION.batchFrames * (WAITING.width * 4)

/** Where `gather` stopped. */
let stopped: usize = 0
/** Of no use but that a compiler must not leave the reading out that sums up to it. */
let touched: u32 = 0

/**
 * Reads pcap records of untagged Ethernet in [at, end), as long as they are whole and hold ARP for Ethernet and IPv4, or other
 * protocols. Returns where it stopped: at a record that needs a closer look, or at the end.
 *
 * Some frames at a time, one step after the other: so a processor fetches the memory of many flows at once, where frame by
 * frame it would wait for each.
 */
export function readRecords(at: usize, end: usize, swapped: bool, headerLength: u32, nanosPerUnit: u32): usize {
  stopped = at
  let last: usize
  do {
    last = gather(stopped, end, swapped, headerLength, nanosPerUnit)
    fetchFlows(last)
    fetchExchanges(last)
    noteAll(last)
  } while (last === BATCH_END)
  return stopped
}

/** Puts frames into the batch until it is full, or a record needs a closer look. Returns the end of the batch. */
function gather(from: usize, end: usize, swapped: bool, headerLength: u32, nanosPerUnit: u32): usize {
  const units: u32 = 1_000_000_000 / nanosPerUnit
  let at = from
  let frame: usize = REGION.batchAt
  while (frame < BATCH_END && end - at >= <usize>headerLength) {
    const captured = word(at + CAPTURED, swapped)
    const start = at + headerLength
    if (captured < ARP_FRAME || captured > MAX_CAPTURED || start + captured > end) break
    const type = load<u64>(start, TYPE)
    const isArp = type === PLAIN_ARP
    if (!isArp && mayHoldArp(bswap<u16>(<u16>type))) break
    const fraction = word(at + FRACTION, swapped)
    store<u32>(frame, isArp ? start : 0, WAITING.start * 4)
    store<u32>(frame, isArp ? likelyRow(start) : 0, WAITING.row * 4)
    store<u32>(frame, word(at + SECONDS, swapped), WAITING.seconds * 4)
    store<u32>(frame, fraction < units ? fraction * nanosPerUnit : 999_999_999, WAITING.nanos * 4)
    frame += WAITING.width * 4
    at = start + captured
  }
  stopped = at
  return frame
}

/** Reads of each flow that a frame is likely of. */
function fetchFlows(last: usize): void {
  let sum: u32 = 0
  for (let frame: usize = REGION.batchAt; frame < last; frame += WAITING.width * 4) {
    sum += load<u32>(load<u32>(frame, WAITING.row * 4))
  }
  touched = sum
}

/** Makes sure of the flows, and reads of their exchanges. */
function fetchExchanges(last: usize): void {
  let sum: u32 = 0
  for (let frame: usize = REGION.batchAt; frame < last; frame += WAITING.width * 4) {
    const row: usize = load<u32>(frame, WAITING.row * 4)
    if (row === 0) continue
    if (isOf(row, load<u32>(frame, WAITING.start * 4))) sum += load<u32>(exchangesOf(row))
    else store<u32>(frame, 0, WAITING.row * 4)
  }
  touched = sum
}

function noteAll(last: usize): void {
  const generation = forgotten
  for (let frame: usize = REGION.batchAt; frame < last; frame += WAITING.width * 4) {
    begin(<f64>load<u32>(frame, WAITING.seconds * 4), load<i32>(frame, WAITING.nanos * 4))
    const start: usize = load<u32>(frame, WAITING.start * 4)
    if (start === 0) {
      countPlainOther()
      continue
    }
    countPlainArp()
    const row: usize = load<u32>(frame, WAITING.row * 4)
    noteFlow(row === 0 || forgotten !== generation ? rowOfPlain(start) : row)
  }
}

/** The address of the row of a plain frame's flow, which is met if need be. */
function rowOfPlain(at: usize): usize {
  putKey(at)
  const row = find(0)
  return row === 0 ? meet(0) : row
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
