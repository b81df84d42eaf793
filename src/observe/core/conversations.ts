import * as FLOW from '../columns/flow.js'
import * as FLOW_KIND from '../columns/flow-kind.js'
import * as FLOW_TRAITS from '../columns/flow-traits.js'
import * as ID_TABLE from '../columns/id-table.js'
import * as REGION from '../columns/region.js'
import { count, keyOf, rowOf } from './flows'
import { IdTable } from './id-table'
import { ETH_DST, ip, isGroup, isSix, mac, SHA, SPA, THA, TPA } from './key'

/**
 * A conversation is one asker (MAC and spa) and one address; those about addresses asked for live apart. Of neighbour discovery the
 * address of the asker alone tells, and whoever looks whether an address is free has none: all hosts hear the answer.
 */
const others = changetype<IdTable>(REGION.idTablesAt + ID_TABLE.conversations * ID_TABLE.rowBytes)
const asked = changetype<IdTable>(REGION.idTablesAt + ID_TABLE.askedConversations * ID_TABLE.rowBytes)

export function resetConversations(): void {
  others.start(REGION.conversationKeysAt, REGION.conversationSlotsAt, REGION.conversationSlots)
  asked.start(REGION.askedConversationKeysAt, REGION.askedConversationSlotsAt, REGION.conversationSlots)
}

/**
 * The number of the conversation that the requests of the flow in a row open exchanges in, or its replies may belong to. When
 * there is no room for one more, all others are forgotten, and with them the open exchanges.
 */
export function conversationOf(row: usize): i32 {
  const kind = load<u32>(row, FLOW.traits * 4) >> FLOW_TRAITS.kind
  const isAsked = (kind & FLOW_KIND.asked) !== 0
  const known = take(row, kind, isAsked)
  if (known >= 0) return known
  forget(isAsked)
  return take(row, kind, isAsked)
}

function take(row: usize, kind: u32, isAsked: bool): i32 {
  const opens = (kind & FLOW_KIND.opens) !== 0
  const key = keyOf(row)
  const asker: u64 = isSix(key) ? 0 : opens ? mac(key + SHA) : answered(key)
  const askerIp = opens ? ip(key + SPA) : ip(key + TPA)
  const ids = isAsked ? asked : others
  const count = ids.count
  const about = load<i32>(row, FLOW.about * 4)
  const number = ids.take(about, <u32>(asker >> 32), <u32>asker, askerIp, REGION.maxConversations)
  if (number < 0) return -1
  const conversation = isAsked ? REGION.firstAskedConversation + number : number
  if (number === count) store<i32>(REGION.openedAt + ((<usize>conversation) << 2), 0)
  return conversation
}

/** Whom a reply is for: the host it was sent to, and for one sent to a group its tha. */
function answered(key: usize): u64 {
  const to = mac(key + ETH_DST)
  return isGroup(to) || to === 0 ? mac(key + THA) : to
}

/** Forgets the conversations about addresses asked for, or all others. */
function forget(isAsked: bool): void {
  if (isAsked) asked.clear()
  else others.clear()
  const flows = count()
  for (let number = 0; number < flows; number++) {
    const place = rowOf(number) + FLOW.conversation * 4
    const conversation = load<i32>(place)
    if (conversation >= REGION.firstAskedConversation === isAsked) store<i32>(place, -1)
  }
}
