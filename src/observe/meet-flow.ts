import { WORD } from '../wire/arp-decoder.js'
import { macAt } from '../wire/decode-frame.js'
import { ARP_REPLY, ARP_REQUEST } from '../wire/ethernet.js'
import { isGroupMac, type Mac, ZERO_MAC } from '../wire/mac.js'
import { MODE } from './exchanges.js'
import { FLOW, FLOW_KIND, FLOW_TRAITS } from './flows.js'
import { RATE_KINDS } from './rate-table.js'
import type { Tables } from './tables.js'

/** Works out, once for all its frames, what a flow means; returns its row. `forget` makes room when there is none. */
export function meetFlow(tables: Tables, words: Int32Array, stack: number, forget: () => void): number {
  if (!tables.flows.hasRoom(words, stack)) forget()
  const kind = kindOf(words)
  const claimAddress = kind & FLOW_KIND.claims ? tables.addresses.take(stack, words[WORD.spa]! >>> 0) : -1
  const about = kind & FLOW_KIND.opens ? tables.addresses.take(stack, words[WORD.tpa]! >>> 0) : claimAddress
  const asked = about >= 0 && tables.addresses.isAsked(about) ? FLOW_KIND.asked : 0
  const claim = tables.claims.take(claimAddress, macAt(words, WORD.arp, true))
  const joins = (kind & FLOW_KIND.opens) !== 0 || ((kind & FLOW_KIND.answers) !== 0 && claim >= 0)
  const conversation = joins && about >= 0 ? takeConversation(tables, words, kind | asked, about, forget) : -1
  const row = tables.flows.add(words, stack)
  const { ints } = tables.flows
  const joined = conversation < 0 ? ~(FLOW_KIND.opens | FLOW_KIND.answers) : ~0
  ints[row + FLOW.traits] = traits((kind | asked) & joined, words, stack)
  ints[row + FLOW.claim] = claim
  ints[row + FLOW.about] = about
  ints[row + FLOW.sender] = takeSender(tables, words, stack, claim)
  ints[row + FLOW.conversation] = conversation
  ints[row + FLOW.askedClaim] = askedClaim(tables, words, kind, about)
  makeRoomForRates(tables, ints[row + FLOW.sender]!, about, stack)
  return row
}

/** The bits of FLOW_KIND that the frame alone decides. */
export function kindOf(words: Int32Array): number {
  const oper = words[WORD.arp]! >>> 16
  const [spa, tpa] = [words[WORD.spa]!, words[WORD.tpa]!]
  const broadcast = words[0] === -1 && words[1]! >>> 16 === 0xffff ? FLOW_KIND.broadcast : 0
  if (oper !== ARP_REQUEST && oper !== ARP_REPLY) return broadcast
  const claims = spa === 0 ? 0 : FLOW_KIND.claims
  const base = broadcast | claims | (oper === ARP_REQUEST ? FLOW_KIND.request : FLOW_KIND.reply)
  if (spa === tpa) return spa === 0 ? base : base | FLOW_KIND.gratuitous
  if (oper === ARP_REQUEST) return tpa === 0 ? base : base | FLOW_KIND.opens
  return claims ? base | FLOW_KIND.answers : base
}

function traits(kind: number, words: Int32Array, stack: number): number {
  return stack | (kind << FLOW_TRAITS.kind) | (modeOf(words) << FLOW_TRAITS.mode) | (rateKind(kind) << FLOW_TRAITS.rate)
}

/** A probe is one also when it goes to a single host: what counts is that a proxy never answers it. */
function modeOf(words: Int32Array): number {
  if (words[WORD.spa] === 0) return MODE.probe
  return isGroupMac(macAt(words, 0, false)) ? MODE.broadcast : MODE.unicast
}

function rateKind(kind: number): number {
  if (kind & FLOW_KIND.gratuitous) return RATE_KINDS.indexOf('gratuitous')
  if (kind & FLOW_KIND.request) return RATE_KINDS.indexOf('requests')
  return kind & FLOW_KIND.reply ? RATE_KINDS.indexOf('replies') : FLOW_TRAITS.noRate
}

function makeRoomForRates({ rates }: Tables, sender: number, about: number, stack: number): void {
  rates.sender.ensure(sender)
  rates.target.ensure(about)
  rates.vlan.ensure(stack)
}

function takeSender({ senders, claims }: Tables, words: Int32Array, stack: number, claim: number): number {
  const [ethSrc, sha] = [macAt(words, 1, true), macAt(words, WORD.arp, true)]
  if (claim >= 0 && ethSrc !== sha) claims.noteSource(claim, ethSrc)
  return senders.take(stack, Math.floor(ethSrc / 2 ** 32), ethSrc | 0, 0)
}

/** The claim that a unicast request puts to the test, whether or not that MAC ever sends a frame. */
function askedClaim({ claims }: Tables, words: Int32Array, kind: number, about: number): number {
  const askedMac = macAt(words, 0, false)
  const unicast = (kind & FLOW_KIND.opens) !== 0 && !isGroupMac(askedMac) && askedMac !== ZERO_MAC
  return unicast ? claims.take(about, askedMac) : -1
}

/** The conversation that a request opens an exchange in, or a reply may belong to. */
function takeConversation(
  tables: Tables,
  words: Int32Array,
  kind: number,
  address: number,
  forget: () => void,
): number {
  const opens = (kind & FLOW_KIND.opens) !== 0
  const asker = opens ? macAt(words, WORD.arp, true) : answeredMac(words)
  const askerIp = opens ? words[WORD.spa]! : words[WORD.tpa]!
  const exchanges = kind & FLOW_KIND.asked ? tables.askedExchanges : tables.otherExchanges
  const known = exchanges.conversation(address, asker, askerIp)
  if (known >= 0) return known
  forget()
  exchanges.forget()
  return exchanges.conversation(address, asker, askerIp)
}

/** Whom a reply is for: the host it was sent to, and for one sent to a group its tha. */
function answeredMac(words: Int32Array): Mac {
  const ethDst = macAt(words, 0, false)
  return isGroupMac(ethDst) || ethDst === ZERO_MAC ? macAt(words, 6, false) : ethDst
}
