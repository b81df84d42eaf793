import * as SEEN from '../columns/claim-seen'
import * as REGION from '../columns/regions'
import * as SOURCE from '../columns/source'

let kept: i32 = 0

export function resetSources(): void {
  kept = 0
}

/** A claim is made in a frame whose Ethernet source is another MAC. */
export function noteSource(claim: i32, mac: u64): void {
  const seen = REGION.claimsSeenAt + (<usize>claim) * (SEEN.width * 4)
  const known = load<i32>(seen, SEEN.sources * 4)
  const last = load<i32>(seen, SEEN.lastSource * 4)
  if (known === REGION.maxSources || isAmong(last, <f64>mac)) return
  const row = rowAt(kept++)
  store<f64>(row, <f64>mac, SOURCE.mac * 8)
  store<f64>(row, last, SOURCE.next * 8)
  store<i32>(seen, known + 1, SEEN.sources * 4)
  store<i32>(seen, kept, SEEN.lastSource * 4)
}

function isAmong(last: i32, mac: f64): bool {
  for (let number = last; number > 0; number = <i32>load<f64>(rowAt(number - 1), SOURCE.next * 8)) {
    if (load<f64>(rowAt(number - 1), SOURCE.mac * 8) === mac) return true
  }
  return false
}

function rowAt(number: i32): usize {
  return REGION.sourcesAt + (<usize>number) * (SOURCE.width * 8)
}
