import * as FLOW from '../columns/flow'
import * as KIND from '../columns/flow-kind'
import * as TRAITS from '../columns/flow-traits'
import * as MODE from '../columns/mode'
import * as REGION from '../columns/regions'
import { isAskedIp, takeAddress } from './addresses'
import { takeClaim } from './claims'
import { forgetConversations, takeConversation } from './conversations'
import { add, forget, hasRoom } from './flows'
import { frames, now } from './frame'
import * as host from './host'
import { takeSender } from './rates'
import { settle } from './settle'

/** Where the parts of a key lie, see WORD in src/wire/arp-decoder.ts. */
const KEY: usize = REGION.keyAt
const ETH_DST = 0
const ETH_SRC = 6
const OPER = 12
const SHA = 14
const SPA = 20
const THA = 24
const TPA = 32

/** RFC 826. */
const REQUEST: u16 = 1
const REPLY: u16 = 2

const BROADCAST: u64 = 0xffff_ffff_ffff

/**
 * Works out, once for all its frames, what the flow means whose key was put into its region, and of which the frame at hand
 * is the first one. Returns the address of its row.
 */
export function meet(stack: u32): usize {
  if (!hasRoom(stack)) forgetFlows()
  const kind = kindOfKey()
  const claims = (kind & KIND.claims) !== 0
  const opens = (kind & KIND.opens) !== 0
  const claimAddress = claims ? takeAddress(stack, ip(SPA)) : -1
  const about = opens ? takeAddress(stack, ip(TPA)) : claimAddress
  const isAsked = about >= 0 && isAskedIp(opens ? ip(TPA) : ip(SPA))
  const claim = takeClaim(claimAddress, mac(SHA), claims && isAskedIp(ip(SPA)))
  const joins = opens || ((kind & KIND.answers) !== 0 && claim >= 0)
  const conversation = joins && about >= 0 ? conversationOf(opens, isAsked, about) : -1
  const row = add(stack)
  const joined = conversation < 0 ? kind & ~(KIND.opens | KIND.answers) : kind
  store<u32>(row, traits(isAsked ? joined | KIND.asked : joined, stack), FLOW.traits * 4)
  store<i32>(row, claim, FLOW.claim * 4)
  store<i32>(row, about, FLOW.about * 4)
  store<i32>(row, takeSender(stack, mac(ETH_SRC)), FLOW.sender * 4)
  store<i32>(row, conversation, FLOW.conversation * 4)
  store<i32>(row, opens ? askedClaim(about, isAsked) : -1, FLOW.askedClaim * 4)
  store<i32>(row, frames, FLOW.firstFrame * 4)
  store<f64>(row, now, FLOW.firstAt * 4)
  if (claim >= 0 && mac(ETH_SRC) !== mac(SHA)) host.sourced(claim, <f64>mac(ETH_SRC))
  return row
}

/** The bits of flow-kind.ts that the key alone decides. */
export function kindOfKey(): u32 {
  const oper = bswap<u16>(load<u16>(KEY, OPER))
  const broadcast: u32 = mac(ETH_DST) === BROADCAST ? KIND.broadcast : 0
  if (oper !== REQUEST && oper !== REPLY) return broadcast
  const claims: u32 = ip(SPA) === 0 ? 0 : KIND.claims
  const base = broadcast | claims | (oper === REQUEST ? KIND.request : KIND.reply)
  if (ip(SPA) === ip(TPA)) return claims === 0 ? base : base | KIND.gratuitous
  if (oper === REQUEST) return ip(TPA) === 0 ? base : base | KIND.opens
  return claims === 0 ? base : base | KIND.answers
}

function traits(kind: u32, stack: u32): u32 {
  return stack | (kind << TRAITS.kind) | (mode() << TRAITS.mode) | (rateKind(kind) << TRAITS.rate)
}

/** A probe is one also when it goes to a single host: what counts is that a proxy never answers it. */
function mode(): u32 {
  if (ip(SPA) === 0) return MODE.probe
  return isGroup(mac(ETH_DST)) ? MODE.broadcast : MODE.unicast
}

/** The places in RATE_KINDS. */
function rateKind(kind: u32): u32 {
  if ((kind & KIND.gratuitous) !== 0) return 2
  if ((kind & KIND.request) !== 0) return 0
  return (kind & KIND.reply) !== 0 ? 1 : TRAITS.noRate
}

/** The claim that a unicast request puts to the test, whether or not that MAC ever sends a frame. */
function askedClaim(about: i32, isAsked: bool): i32 {
  const asked = mac(ETH_DST)
  return isGroup(asked) || asked === 0 ? -1 : takeClaim(about, asked, isAsked)
}

/** The conversation that a request opens an exchange in, or a reply may belong to. */
function conversationOf(opens: bool, isAsked: bool, about: i32): i32 {
  const asker = opens ? mac(SHA) : answered()
  const askerIp = opens ? ip(SPA) : ip(TPA)
  const known = takeConversation(isAsked, about, asker, askerIp)
  if (known >= 0) return known
  forgetFlows()
  forgetConversations(isAsked)
  return takeConversation(isAsked, about, asker, askerIp)
}

/** Whom a reply is for: the host it was sent to, and for one sent to a group its tha. */
function answered(): u64 {
  const to = mac(ETH_DST)
  return isGroup(to) || to === 0 ? mac(THA) : to
}

function forgetFlows(): void {
  settle()
  forget()
}

function mac(offset: usize): u64 {
  return ((<u64>bswap<u16>(load<u16>(KEY + offset))) << 32) | <u64>bswap<u32>(load<u32>(KEY + offset + 2))
}

function isGroup(address: u64): bool {
  return ((address >> 40) & 1) !== 0
}

/** An address as a number. */
function ip(offset: usize): u32 {
  return bswap<u32>(load<u32>(KEY + offset))
}
