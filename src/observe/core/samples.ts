import * as CLAIM_SEEN from '../columns/claim-seen.js'
import * as REGION from '../columns/region.js'

let blocks: i32 = 0

/** A latency of a claim, in microseconds: kept for the median, or not. */
export function sample(claim: i32, latency: i32): void {
  const seen = REGION.claimsSeenAt + <usize>claim * CLAIM_SEEN.rowBytes
  const number = load<u32>(seen, CLAIM_SEEN.latencies * 4)
  store<u32>(seen, number + 1, CLAIM_SEEN.latencies * 4)
  const stride: u32 = number < <u32>REGION.blockSamples ? 1 : 1 << (32 - clz<u32>(number / REGION.blockSamples))
  if ((number & (stride - 1)) !== 0) return
  const block = blockOf(seen)
  let sampled = load<u32>(seen, CLAIM_SEEN.sampled * 4)
  if (block === 0) {
    if (sampled !== 0) return
    store<i32>(seen, latency, CLAIM_SEEN.onlySample * 4)
  } else {
    if (sampled === REGION.blockSamples) sampled = halve(block)
    store<i32>(block + ((<usize>sampled) << 2), latency)
  }
  store<u32>(seen, sampled + 1, CLAIM_SEEN.sampled * 4)
}

/** The address of a claim's block; 0 when there are no more. */
function blockOf(seen: usize): usize {
  let number = load<i32>(seen, CLAIM_SEEN.block * 4)
  if (number === 0) {
    if (blocks === REGION.sampleBlocks) return 0
    number = ++blocks
    store<i32>(seen, number, CLAIM_SEEN.block * 4)
  }
  return REGION.samplesAt + <usize>(number - 1) * (REGION.blockSamples * 4)
}

/** Every second one goes. Returns how many are left. */
function halve(block: usize): u32 {
  const left: u32 = REGION.blockSamples / 2
  for (let index: u32 = 0; index < left; index++) {
    store<i32>(block + ((<usize>index) << 2), load<i32>(block + ((<usize>index) << 3)))
  }
  return left
}
