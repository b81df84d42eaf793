import * as CLAIM_SEEN from '../columns/claim-seen.js'
import * as REGION from '../columns/region.js'
import * as SOURCE from '../columns/source.js'

let kept: i32 = 0

/** A claim is made in a frame whose Ethernet source is another MAC. */
export function noteSource(claim: i32, mac: u64): void {
  const seen = REGION.claimsSeenAt + (<usize>claim) * CLAIM_SEEN.rowBytes
  const known = load<i32>(seen, CLAIM_SEEN.sources * 4)
  const last = load<i32>(seen, CLAIM_SEEN.lastSource * 4)
  if (known === REGION.maxSources || isAmong(last, <f64>mac)) return
  const row = rowAt(kept++)
  store<f64>(row, <f64>mac, SOURCE.mac * 8)
  store<f64>(row, last, SOURCE.next * 8)
  store<i32>(seen, known + 1, CLAIM_SEEN.sources * 4)
  store<i32>(seen, kept, CLAIM_SEEN.lastSource * 4)
}

/** A claim is made in a frame that came from its MAC. */
export function noteOwnSource(claim: i32): void {
  store<i32>(REGION.claimsSeenAt + (<usize>claim) * CLAIM_SEEN.rowBytes, 1, CLAIM_SEEN.isSource * 4)
}

function isAmong(last: i32, mac: f64): bool {
  for (let number = last; number > 0; number = <i32>load<f64>(rowAt(number - 1), SOURCE.next * 8)) {
    if (load<f64>(rowAt(number - 1), SOURCE.mac * 8) === mac) return true
  }
  return false
}

function rowAt(number: i32): usize {
  assert(<u32>number < <u32>(REGION.maxSources * REGION.allClaims))
  return REGION.sourcesAt + (<usize>number) * SOURCE.rowBytes
}
