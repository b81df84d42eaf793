import * as FLOW from '../columns/flow.js'
import * as FLOW_KEY from '../columns/flow-key.js'
import * as FLOW_KIND from '../columns/flow-kind.js'
import * as FLOW_TRAITS from '../columns/flow-traits.js'
import * as MODE from '../columns/mode.js'
import { isAskedIp, takeAddress } from './addresses'
import { takeClaim } from './claims'
import { conversationOf } from './conversations'
import { forgetFlows, start } from './flows'
import { ETH_DST, ETH_SRC, ip, isGroup, isSix, kindOf, mac, SHA, SPA, TPA } from './key'
import { frame, now } from './noted'
import { takeSender } from './rates'
import { settle } from './settle'
import { noteOwnSource, noteSource } from './sources'

/**
 * Works out, once for all its frames, what a flow means, and writes it to its row. The key lies in the queue from a place on;
 * the frame at hand is the first one. All flows of before may have been forgotten.
 */
export function meet(row: usize, place: u32, isAnew: bool): void {
  if (isAnew) {
    settle()
    forgetFlows()
  }
  const key = start(row, place)
  const stack = load<u32>(key, FLOW_KEY.stack * 4)
  const kind = kindOf(key)
  const claims = (kind & FLOW_KIND.claims) !== 0
  const opens = (kind & FLOW_KIND.opens) !== 0
  const claimAddress = claims ? takeAddress(stack, ip(key + SPA)) : -1
  const about = opens ? takeAddress(stack, ip(key + TPA)) : claimAddress
  const isAsked = about >= 0 && isAskedIp(stack, opens ? ip(key + TPA) : ip(key + SPA))
  const claim = takeClaim(claimAddress, mac(key + SHA), claims && isAskedIp(stack, ip(key + SPA)))
  const joins = about >= 0 && (opens || ((kind & FLOW_KIND.answers) !== 0 && claim >= 0))
  const joined = joins ? kind : kind & ~(FLOW_KIND.opens | FLOW_KIND.answers)
  const six: u32 = isSix(key) ? 1 << FLOW_TRAITS.six : 0
  store<u32>(row, six | (stack & FLOW_TRAITS.stackMask) | traits(key, isAsked ? joined | FLOW_KIND.asked : joined), FLOW.traits * 4)
  store<i32>(row, claim, FLOW.claim * 4)
  store<i32>(row, about, FLOW.about * 4)
  store<i32>(row, takeSender(stack, mac(key + ETH_SRC)), FLOW.sender * 4)
  store<i32>(row, joins ? conversationOf(row) : -1, FLOW.conversation * 4)
  store<i32>(row, opens ? askedClaim(key, about, isAsked) : -1, FLOW.askedClaim * 4)
  store<i32>(row, frame, FLOW.firstFrame * 4)
  store<f64>(row, now, FLOW.firstAt * 4)
  if (claim >= 0 && mac(key + ETH_SRC) !== mac(key + SHA)) noteSource(claim, mac(key + ETH_SRC))
  else if (claim >= 0) noteOwnSource(claim)
}

function traits(key: usize, kind: u32): u32 {
  return ((kind & FLOW_TRAITS.kindMask) << FLOW_TRAITS.kind) | (mode(key) << FLOW_TRAITS.mode) | (rateKind(kind) << FLOW_TRAITS.rate)
}

/** A probe is one also when it goes to a single host: what counts is that a proxy never answers it. */
function mode(key: usize): u32 {
  if (ip(key + SPA) === 0) return MODE.probe
  return isGroup(mac(key + ETH_DST)) ? MODE.broadcast : MODE.unicast
}

/** The places in RATE_KINDS. */
function rateKind(kind: u32): u32 {
  if ((kind & FLOW_KIND.gratuitous) !== 0) return 2
  if ((kind & FLOW_KIND.request) !== 0) return 0
  return (kind & FLOW_KIND.reply) !== 0 ? 1 : FLOW_TRAITS.noRate
}

/** The claim that a unicast request puts to the test, whether or not that MAC ever sends a frame. */
function askedClaim(key: usize, about: i32, isAsked: bool): i32 {
  const asked = mac(key + ETH_DST)
  return isGroup(asked) || asked === 0 ? -1 : takeClaim(about, asked, isAsked)
}
