import * as FLOW_KEY from '../columns/flow-key.js'
import * as KNOWN_FRAME from '../columns/known-frame.js'
import * as REGION from '../columns/region.js'
import * as WAITING from '../columns/waiting.js'
import { begin, frames, nanos, seconds } from './frame'
import { countUnlisted, takeIp } from './ips'
import { isRequest, kindOf, SPA, TPA } from './key'
import { forgotten } from './keys'
import { knownAt, remember } from './known-frames'
import { handOver, put } from './queue'
import { putByKey, putFlow } from './reader'

const K: usize = REGION.keyAt
const SOURCE: usize = REGION.discoverySourceAt
const DESTINATION: usize = REGION.discoveryDestinationAt
const TARGET: usize = REGION.discoveryTargetAt

/** Frames that were known byte by byte. */
export let knownDiscoveries: i32 = 0

/**
 * A decoded solicitation or advertisement: its key, without addresses, and they themselves were put into their regions. It is
 * known from now on by the bytes that lie at `at`, unless that is 0. `stack` is -1 beyond the bound.
 */
export function discovery(stack: i32, at: usize, ofSeconds: u32, ofNanos: u32): void {
  begin(ofSeconds, ofNanos)
  const isListed = putIps()
  if (!isListed) countUnlisted()
  if (stack < 0 || !isListed) {
    put(WAITING.otherDiscovery | (kindOf(K) << WAITING.kind), frames, seconds, nanos)
  } else {
    const flow = putByKey(<u32>stack | FLOW_KEY.six)
    if (at !== 0) remember(at, flow)
  }
  handOver()
}

/** Where an answer nobody asked for would have its receiver, there is nobody: such answers are about a target alone. */
function putIps(): bool {
  const target = takeIp(TARGET)
  const asks = isRequest(K)
  const hasPeer = asks || (load<u8>(K, FLOW_KEY.flags) & FLOW_KEY.solicited) !== 0
  const peer = hasPeer ? takeIp(asks ? SOURCE : DESTINATION) : 0
  // -1 lies in no table: what it is about is only counted
  store<u32>(K, bswap<u32>(<u32>(asks ? peer : target)), SPA)
  store<u32>(K, bswap<u32>(<u32>(asks ? target : peer)), TPA)
  return target > 0 && peer >= 0
}

/** A frame that is known by its number, plus one. */
export function putKnownDiscovery(number: u32, ofSeconds: u32, ofNanos: u32): void {
  knownDiscoveries++
  begin(ofSeconds, ofNanos)
  const row = knownAt(number - 1)
  if (load<i32>(row, KNOWN_FRAME.forgotten * 4) === forgotten) return putFlow(load<u32>(row, KNOWN_FRAME.flow * 4))
  memory.copy(K, row + KNOWN_FRAME.key * 4, FLOW_KEY.bytes)
  const flow = putByKey(FLOW_KEY.six)
  store<u32>(row, flow, KNOWN_FRAME.flow * 4)
  store<i32>(row, forgotten, KNOWN_FRAME.forgotten * 4)
}
