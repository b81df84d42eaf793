import * as ADDRESS from '../columns/address-seen'
import * as SEEN from '../columns/claim-seen'
import * as FLOW from '../columns/flow'
import * as KIND from '../columns/flow-kind'
import * as TRAITS from '../columns/flow-traits'
import * as REGION from '../columns/regions'
import { answer, open } from './exchanges'
import { find } from './flows'
import { frames, now, seconds } from './frame'
import * as host from './host'
import { meet } from './meet'
import { countInSecond } from './peak'
import { countCopy, moveTo, rate } from './rates'
import { countFrames } from './settle'
import { detectStorm } from './storm'

/** Counts the frame at hand, whose key was put into its region. */
export function noteKey(stack: u32): void {
  const row = find(stack)
  noteFlow(row === 0 ? meet(stack) : row)
}

/** Counts an ARP frame that belongs to no flow: of a foreign kind, or on a VLAN stack that has no number. */
export function noteOther(kind: u32): void {
  countFrames(kind, 1)
  noteTime(kind)
}

// @ts-ignore: decorator
@inline
function noteTime(kind: u32): void {
  countInSecond(now)
  detectStorm((kind & KIND.request) !== 0)
}

/** `row` is an address. */
// @ts-ignore: decorator
@inline
export function noteFlow(row: usize): void {
  store<i32>(row, load<i32>(row, FLOW.count * 4) + 1, FLOW.count * 4)
  const traits = load<u32>(row, FLOW.traits * 4)
  const kind = traits >> TRAITS.kind
  noteTime(kind)
  moveTo(seconds)
  noteRates(row, traits)
  if ((kind & KIND.broadcast) !== 0 && countCopy(row)) host.looped(<i32>(row >> 2))
  noteClaim(row, kind)
  if ((kind & KIND.answers) !== 0) answer(row)
  else if ((kind & KIND.opens) !== 0) open(row, traits)
}

// @ts-ignore: decorator
@inline
function noteRates(row: usize, traits: u32): void {
  const kind = (traits >> TRAITS.rate) & TRAITS.twoBits
  if (kind === TRAITS.noRate) return
  const sender = load<i32>(row, FLOW.sender * 4)
  const about = load<i32>(row, FLOW.about * 4)
  if (sender >= 0) rate(sender, kind)
  if (about >= 0) rate(REGION.firstTarget + about, kind)
  rate(REGION.firstVlan + <i32>(traits & TRAITS.stackMask), kind)
}

// @ts-ignore: decorator
@inline
function noteClaim(row: usize, kind: u32): void {
  const claim = load<i32>(row, FLOW.claim * 4)
  if (claim < 0) return
  const seen = REGION.claimsSeenAt + (<usize>claim) * (SEEN.width * 4)
  const gratuitous = (kind & KIND.gratuitous) !== 0
  store<i32>(seen, frames, SEEN.lastFrame * 4)
  store<f64>(seen, now, SEEN.lastAt * 4)
  if (gratuitous) store<f64>(seen, now, SEEN.lastGratuitousAt * 4)
  const number = load<i32>(seen, SEEN.address * 4)
  const address = REGION.addressesSeenAt + (<usize>number) * (ADDRESS.width * 4)
  if (load<i32>(address, ADDRESS.lastClaim * 4) !== claim + 1) host.changed(number, claim, gratuitous)
}
