import * as ADDRESS from '../columns/address.js'
import * as CLAIM from '../columns/claim.js'
import * as FLOW from '../columns/flow.js'
import * as FLOW_KEY from '../columns/flow-key.js'
import * as FLOW_KIND from '../columns/flow-kind.js'
import * as FLOW_TRAITS from '../columns/flow-traits.js'
import * as MODE from '../columns/mode.js'
import { addToAddress } from './addresses'
import { addToClaim, claimColumn, findClaim, takeClaim } from './claims'
import { count, keyOf, rowOf } from './flows'
import { isSix, kindOf, mac, SHA } from './key'

/** Counts of ARP frames: see total.ts. */
export let requests: f64 = 0
export let replies: f64 = 0
export let gratuitous: f64 = 0
export let ordinaryReplies: f64 = 0
export let probes: f64 = 0
/** Counts of neighbour discovery. */
export let solicitations: f64 = 0
export let advertisements: f64 = 0
export let dad: f64 = 0
export let unsolicited: f64 = 0
/** Frames that claim an address, beyond the bounds. */
export let unlistedClaims: f64 = 0

/** `kind` has the bits of flow-kind.ts. */
export function countFrames(kind: u32, frames: f64): void {
  if ((kind & FLOW_KIND.request) !== 0) {
    requests += frames
    if ((kind & FLOW_KIND.claims) === 0) probes += frames
  } else if ((kind & FLOW_KIND.reply) !== 0) {
    replies += frames
    if ((kind & FLOW_KIND.gratuitous) === 0) ordinaryReplies += frames
  }
  if ((kind & FLOW_KIND.gratuitous) !== 0) gratuitous += frames
}

/** The same, of neighbour discovery. */
export function countDiscovery(kind: u32, frames: f64): void {
  if ((kind & FLOW_KIND.request) !== 0) {
    solicitations += frames
    if ((kind & FLOW_KIND.freeOrNot) !== 0) dad += frames
  } else {
    advertisements += frames
    if ((kind & FLOW_KIND.gratuitous) !== 0) unsolicited += frames
  }
}

/** Moves the counts of all flows to the totals, their claims and addresses; the flows stay, with nothing counted. */
export function settle(): void {
  const flows = count()
  for (let number = 0; number < flows; number++) {
    const row = rowOf(number)
    const frames = load<i32>(row, FLOW.count * 4)
    if (frames === 0) continue
    const kind = (load<u32>(row, FLOW.traits * 4) >> FLOW_TRAITS.kind) & FLOW_TRAITS.kindMask
    store<i32>(row, 0, FLOW.count * 4)
    if (isSix(keyOf(row))) countDiscovery(kindOf(keyOf(row)), frames)
    else countFrames(kind, frames)
    if ((kind & FLOW_KIND.opens) !== 0) settleRequests(row, frames)
    if ((kind & FLOW_KIND.claims) === 0) continue
    if (load<i32>(row, FLOW.claim * 4) < 0) unlistedClaims += frames
    else settleClaim(row, kind, frames)
    if ((kind & FLOW_KIND.answers) !== 0) settleAnswers(row)
  }
}

function settleRequests(row: usize, frames: i32): void {
  const mode = (load<u32>(row, FLOW.traits * 4) >> FLOW_TRAITS.mode) & FLOW_TRAITS.twoBits
  const about = load<i32>(row, FLOW.about * 4)
  const asked = load<i32>(row, FLOW.askedClaim * 4)
  addToAddress(about, ADDRESS.sent + <i32>mode, frames)
  if (mode === MODE.probe) settleOwnProbes(row, about, frames)
  if (asked < 0) return
  addToClaim(asked, mode === MODE.probe ? CLAIM.askedProbe : CLAIM.askedUnicast, frames)
  if (mode === MODE.probe) addToAddress(about, ADDRESS.probesToOne, frames)
}

/**
 * A probe is no question to its own sender, should that have or get the address. Who probes an address asked for gets a record
 * in any case, because it may claim it later; of others, too many to hold, only who has claimed it by now.
 */
function settleOwnProbes(row: usize, about: i32, frames: i32): void {
  const isAsked = ((load<u32>(row, FLOW.traits * 4) >> FLOW_TRAITS.kind) & FLOW_KIND.asked) !== 0
  const sender = mac(keyOf(row) + SHA)
  const claim = isAsked ? takeClaim(about, sender, true) : findClaim(about, sender)
  if (claim >= 0) addToClaim(claim, CLAIM.ownProbes, frames)
}

function settleClaim(row: usize, kind: u32, frames: i32): void {
  const claim = load<i32>(row, FLOW.claim * 4)
  addToClaim(claim, (kind & FLOW_KIND.request) !== 0 ? CLAIM.requests : CLAIM.replies, frames)
  if ((kind & FLOW_KIND.gratuitous) !== 0) addToClaim(claim, CLAIM.gratuitous, frames)
  const flags: u8 = isSix(keyOf(row)) && (kind & FLOW_KIND.reply) !== 0 ? load<u8>(keyOf(row), FLOW_KEY.flags) : 0
  if ((flags & FLOW_KEY.overrides) !== 0) {
    addToClaim(claim, CLAIM.overriding, frames)
    if ((flags & FLOW_KEY.solicited) !== 0) addToClaim(claim, CLAIM.solicitedOverriding, frames)
  }
  const firstFrame = <f64>load<i32>(row, FLOW.firstFrame * 4)
  const known = load<f64>(claimColumn(claim, CLAIM.firstFrame))
  if (known !== 0 && firstFrame >= known) return
  store<f64>(claimColumn(claim, CLAIM.firstFrame), firstFrame)
  store<f64>(claimColumn(claim, CLAIM.firstAt), load<f64>(row, FLOW.firstAt * 4))
}

function settleAnswers(row: usize): void {
  const claim = load<i32>(row, FLOW.claim * 4)
  const about = load<i32>(row, FLOW.about * 4)
  for (let mode = 0; mode < 3; mode++) {
    const column = row + ((<usize>mode) << 2)
    const first = load<i32>(column, FLOW.first * 4)
    addToClaim(claim, CLAIM.answered + mode, load<i32>(column, FLOW.answered * 4))
    addToAddress(about, ADDRESS.answered + mode, first)
    if (mode !== MODE.unicast) addToClaim(claim, CLAIM.firstAnswers, first)
  }
  memory.fill(row + FLOW.answered * 4, 0, (FLOW.minLatency - FLOW.answered) * 4)
  const least = <f64>load<i32>(row, FLOW.minLatency * 4)
  const most = <f64>load<i32>(row, FLOW.maxLatency * 4)
  const known = load<f64>(claimColumn(claim, CLAIM.minLatency))
  if (least > 0 && (known === 0 || least < known)) store<f64>(claimColumn(claim, CLAIM.minLatency), least)
  if (most > load<f64>(claimColumn(claim, CLAIM.maxLatency))) store<f64>(claimColumn(claim, CLAIM.maxLatency), most)
}
