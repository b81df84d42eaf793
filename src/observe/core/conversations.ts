import * as REGION from '../columns/regions'
import { IdTable } from './id-table'

/** A conversation is one asker (MAC and spa) and one address; those about addresses asked for live apart. */
const others = changetype<IdTable>(REGION.idTablesAt + 48)
const asked = changetype<IdTable>(REGION.idTablesAt + 64)

export function resetConversations(): void {
  others.start(REGION.conversationKeysAt, REGION.conversationSlotsAt)
  asked.start(REGION.askedConversationKeysAt, REGION.askedConversationSlotsAt)
}

/** The number of a conversation; -1 when there is no room for one more until `forgetConversations`. */
export function takeConversation(isAsked: bool, address: i32, asker: u64, askerIp: u32): i32 {
  const ids = isAsked ? asked : others
  const known = ids.count
  const number = ids.take(address, <u32>(asker >> 32), <u32>asker, askerIp, REGION.maxConversations)
  if (number < 0) return -1
  const conversation = isAsked ? REGION.firstAskedConversation + number : number
  if (number === known) store<i32>(REGION.openedAt + ((<usize>conversation) << 2), 0)
  return conversation
}

/** Drops the conversations about addresses asked for, or all others, and with them the open exchanges. */
export function forgetConversations(isAsked: bool): void {
  if (isAsked) asked.clear()
  else others.clear()
}
