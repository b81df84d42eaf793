import * as FLOW from '../columns/flow'
import * as KEY from '../columns/flow-key'
import * as KIND from '../columns/flow-kind'
import * as TRAITS from '../columns/flow-traits'
import * as MODE from '../columns/mode'
import { isAskedIp, takeAddress } from './addresses'
import { takeClaim } from './claims'
import { conversationOf } from './conversations'
import { forgetFlows, start } from './flows'
import { ETH_DST, ETH_SRC, ip, isGroup, kindOf, mac, SHA, SPA, TPA } from './key'
import { frame, now } from './noted'
import { takeSender } from './rates'
import { settle } from './settle'
import { noteSource } from './sources'

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
  const stack = load<u32>(key, KEY.stack * 4)
  const kind = kindOf(key)
  const claims = (kind & KIND.claims) !== 0
  const opens = (kind & KIND.opens) !== 0
  const claimAddress = claims ? takeAddress(stack, ip(key + SPA)) : -1
  const about = opens ? takeAddress(stack, ip(key + TPA)) : claimAddress
  const isAsked = about >= 0 && isAskedIp(opens ? ip(key + TPA) : ip(key + SPA))
  const claim = takeClaim(claimAddress, mac(key + SHA), claims && isAskedIp(ip(key + SPA)))
  const joins = about >= 0 && (opens || ((kind & KIND.answers) !== 0 && claim >= 0))
  const joined = joins ? kind : kind & ~(KIND.opens | KIND.answers)
  store<u32>(row, stack | traits(key, isAsked ? joined | KIND.asked : joined), FLOW.traits * 4)
  store<i32>(row, claim, FLOW.claim * 4)
  store<i32>(row, about, FLOW.about * 4)
  store<i32>(row, takeSender(stack, mac(key + ETH_SRC)), FLOW.sender * 4)
  store<i32>(row, joins ? conversationOf(row) : -1, FLOW.conversation * 4)
  store<i32>(row, opens ? askedClaim(key, about, isAsked) : -1, FLOW.askedClaim * 4)
  store<i32>(row, frame, FLOW.firstFrame * 4)
  store<f64>(row, now, FLOW.firstAt * 4)
  if (claim >= 0 && mac(key + ETH_SRC) !== mac(key + SHA)) noteSource(claim, mac(key + ETH_SRC))
}

function traits(key: usize, kind: u32): u32 {
  return (kind << TRAITS.kind) | (mode(key) << TRAITS.mode) | (rateKind(kind) << TRAITS.rate)
}

/** A probe is one also when it goes to a single host: what counts is that a proxy never answers it. */
function mode(key: usize): u32 {
  if (ip(key + SPA) === 0) return MODE.probe
  return isGroup(mac(key + ETH_DST)) ? MODE.broadcast : MODE.unicast
}

/** The places in RATE_KINDS. */
function rateKind(kind: u32): u32 {
  if ((kind & KIND.gratuitous) !== 0) return 2
  if ((kind & KIND.request) !== 0) return 0
  return (kind & KIND.reply) !== 0 ? 1 : TRAITS.noRate
}

/** The claim that a unicast request puts to the test, whether or not that MAC ever sends a frame. */
function askedClaim(key: usize, about: i32, isAsked: bool): i32 {
  const asked = mac(key + ETH_DST)
  return isGroup(asked) || asked === 0 ? -1 : takeClaim(about, asked, isAsked)
}
