/**
 * The memory of the core (src/observe/core): bounds of its tables, and of each region the byte at which it starts (`…At`) and its
 * length (`…Bytes`), from the widths of its rows. Each starts where the one before ends.
 */

import * as ADDRESS from './address.js'
import * as ADDRESS_SEEN from './address-seen.js'
import * as CHANGE from './change.js'
import * as CLAIM from './claim.js'
import * as CLAIM_SEEN from './claim-seen.js'
import * as EXCHANGE from './exchange.js'
import * as FLOW from './flow.js'
import * as FLOW_KEY from './flow-key.js'
import * as GATHERED from './gathered.js'
import * as ID_TABLE from './id-table.js'
import * as KEPT from './kept.js'
import * as KEPT_ANSWER from './kept-answer.js'
import * as KNOWN_FRAME from './known-frame.js'
import * as LOOP from './loop.js'
import * as LOUD from './loud.js'
import * as SOURCE from './source.js'
import * as TOTAL from './total.js'
import * as WAITING from './waiting.js'

/** Distinct (VLAN stack, address) pairs that get a record; when all have theirs, so many more that were asked for. */
export const maxAddresses = 65_536
export const maxAsked = 65_536
export const allAddresses = 2 * maxAddresses + maxAsked
/** Distinct IPv6 addresses that get a number. */
export const maxIps = 262_144
/** Frames of neighbour discovery that are known byte by byte. */
export const maxKnownFrames = 32_768
/** Distinct (address, MAC) pairs that get a record; those of addresses asked for have as many again. */
export const maxClaims = 65_536
export const allClaims = 2 * maxClaims
/** Distinct (VLAN stack, Ethernet source) pairs whose rates are kept. */
export const maxSenders = 65_536
export const maxStacks = 4096
/** Flows that are remembered at once; beyond, all are counted out and forgotten. */
export const maxFlows = 32_768
/** Conversations that are remembered at once; their exchanges last 2 s, so forgetting all of them costs little. */
export const maxConversations = 8192
/** Conversations about addresses asked for come after all others, so that no storm can push them out. */
export const firstAskedConversation = maxConversations
export const allConversations = 2 * maxConversations
/** Exchanges kept in full: so many about other addresses, the rest about those asked for; and their answers. */
export const maxKeptOthers = 32_768
export const maxKept = 98_304
export const maxKeptAnswers = 262_144
/** Answers beside the first one of each exchange: so there is always room for that. */
export const maxMoreAnswers = maxKeptAnswers - maxKept
/** Changes of hands kept of one address; and of all together, as with exchanges. */
export const maxChangesOfOne = 256
export const maxChangesOthers = 32_768
export const maxChanges = 98_304
/** Ethernet sources kept for a claim. */
export const maxSources = 8
/** Broadcast frames that come more often than any sender repeats them. */
export const maxLoops = 256
/** Latencies kept of a claim for the median (of more, every second one goes, again and again), and of how many claims. */
export const blockSamples = 256
export const sampleBlocks = 4096
/** Loud subjects of each of the three scopes. */
export const maxLoud = 4096
/** Frames at which Wireshark's detector spoke. */
export const maxStormFrames = 100
/** Distinct times in one second, in microseconds, and some that came late. */
export const peakEntries = 1_048_576
/** Bytes of a capture that are read at once. */
export const maxChunk = 1_048_576
/** Frames that are looked up at once. */
export const gatheredFrames = 32
/** Places of the queue between reading and noting (waiting.ts), a power of two. */
export const queuePlaces = 1_048_576

/** Every rate is one of a sender, a target or a VLAN stack, in this order, and of one kind. */
export const firstTarget = maxSenders
export const firstVlan = firstTarget + allAddresses
/** The stacks once for ARP, and once for neighbour discovery. */
export const rateSubjects = firstVlan + 2 * maxStacks
/** The places in RATE_KINDS. */
export const rateKinds = 3
export const rates = rateSubjects * rateKinds

/** A word, a double, and the address of an IPv6 host, in bytes. */
const WORD = 4
const DOUBLE = 8
export const ipBytes = 16
/** So far apart is what one thread writes from what another one does: two lines of a processor's cache. */
const APART = 128

/** The key of a flow (flow-key.ts): where the caller puts one to be looked up. What lies below is nothing's. */
export const keyAt = 64
export const keyBytes = FLOW_KEY.bytes
/** The queue's ends, numbers of places: where it is filled, and where it is emptied. */
export const queueTailAt = APART
export const queueTailBytes = APART
export const queueHeadAt = queueTailAt + queueTailBytes
export const queueHeadBytes = APART
/** IPv6 source, destination and target of a message of neighbour discovery, as the wire has them. */
export const discoveryAt = queueHeadAt + queueHeadBytes
export const discoverySourceAt = discoveryAt
export const discoveryDestinationAt = discoveryAt + ipBytes
export const discoveryTargetAt = discoveryAt + 2 * ipBytes
export const discoveryBytes = 3 * ipBytes
/** total.ts */
export const totalsAt = discoveryAt + discoveryBytes
export const totalsBytes = TOTAL.rowBytes
/** Frames that are being looked up (gathered.ts). */
export const gatheredAt = totalsAt + totalsBytes
export const gatheredBytes = gatheredFrames * GATHERED.rowBytes
/** Where chunks of a file are read to; and where those are copied to that came from elsewhere, maybe out of the first. */
export const chunkAt = gatheredAt + gatheredBytes
export const chunkBytes = maxChunk
export const copyAt = chunkAt + chunkBytes
export const copyBytes = maxChunk
export const queueAt = copyAt + copyBytes
export const queueBytes = queuePlaces * WAITING.rowBytes
/** flow.ts. The lowest bits of a row's address are 0, so that the queue can have bits of its own there (waiting.ts). */
export const flowsAt = (queueAt + queueBytes + WAITING.whatMask) & ~WAITING.whatMask
export const flowsBytes = maxFlows * FLOW.rowBytes
/** The keys of flows (flow-key.ts) and a hash table of their numbers plus one: the reader's. */
export const flowKeysAt = flowsAt + flowsBytes
export const flowKeysBytes = maxFlows * FLOW_KEY.rowBytes
export const flowSlots = 2 * maxFlows
export const flowSlotsAt = flowKeysAt + flowKeysBytes
export const flowSlotsBytes = flowSlots * WORD
/** claim-seen.ts and address-seen.ts */
export const claimsSeenAt = flowSlotsAt + flowSlotsBytes
export const claimsSeenBytes = allClaims * CLAIM_SEEN.rowBytes
export const addressesSeenAt = claimsSeenAt + claimsSeenBytes
export const addressesSeenBytes = allAddresses * ADDRESS_SEEN.rowBytes
/** Frames in the open second and in all, and the places that are not zero in the open second, with a line for the next. */
export const ratesAt = addressesSeenAt + addressesSeenBytes
export const ratesBytes = rates * WORD
export const rateTotalsAt = ratesAt + ratesBytes
export const rateTotalsBytes = rates * WORD
export const activeRatesAt = rateTotalsAt + rateTotalsBytes
export const activeRatesBytes = (rates + 16) * WORD
/** For each rate that got loud its row, plus one; and the rows (loud.ts), scope by scope. */
export const loudNumbersAt = activeRatesAt + activeRatesBytes
export const loudNumbersBytes = rates * WORD
export const loudAt = loudNumbersAt + loudNumbersBytes
export const loudBytes = 3 * maxLoud * LOUD.rowBytes
/** For each conversation: exchanges opened since the last time that none was open, and a ring of them (exchange.ts). */
export const openedAt = loudAt + loudBytes
export const openedBytes = allConversations * WORD
export const ringsAt = openedAt + openedBytes
export const ringsBytes = allConversations * EXCHANGE.ringBytes
/** kept.ts and kept-answer.ts */
export const keptAt = ringsAt + ringsBytes
export const keptBytes = maxKept * KEPT.rowBytes
export const keptAnswersAt = keptAt + keptBytes
export const keptAnswersBytes = maxKeptAnswers * KEPT_ANSWER.rowBytes
/** change.ts, source.ts and loop.ts */
export const changesAt = keptAnswersAt + keptAnswersBytes
export const changesBytes = maxChanges * CHANGE.rowBytes
export const sourcesAt = changesAt + changesBytes
export const sourcesBytes = maxSources * allClaims * SOURCE.rowBytes
export const loopsAt = sourcesAt + sourcesBytes
export const loopsBytes = maxLoops * LOOP.rowBytes
/** Blocks of latencies. */
export const samplesAt = loopsAt + loopsBytes
export const samplesBytes = sampleBlocks * blockSamples * WORD
export const stormFramesAt = samplesAt + samplesBytes
export const stormFramesBytes = maxStormFrames * WORD
/** claim.ts and address.ts */
export const claimsAt = stormFramesAt + stormFramesBytes
export const claimsBytes = allClaims * CLAIM.rowBytes
export const addressesAt = claimsAt + claimsBytes
export const addressesBytes = allAddresses * ADDRESS.rowBytes
/** For each table that gives out numbers: how it stands (id-table.ts), and one more for an even end. */
export const idTablesAt = addressesAt + addressesBytes
export const idTablesBytes = (ID_TABLE.count + 1) * ID_TABLE.rowBytes
/** The keys of those tables, and their hash tables: powers of two, so many slots that the last key leaves most of them free. */
export const addressKeysAt = idTablesAt + idTablesBytes
export const addressKeysBytes = allAddresses * ID_TABLE.keyBytes
export const askedKeysAt = addressKeysAt + addressKeysBytes
export const askedKeysBytes = maxAsked * ID_TABLE.keyBytes
export const claimKeysAt = askedKeysAt + askedKeysBytes
export const claimKeysBytes = allClaims * ID_TABLE.keyBytes
export const conversationKeysAt = claimKeysAt + claimKeysBytes
export const conversationKeysBytes = maxConversations * ID_TABLE.keyBytes
export const askedConversationKeysAt = conversationKeysAt + conversationKeysBytes
export const askedConversationKeysBytes = maxConversations * ID_TABLE.keyBytes
export const senderKeysAt = askedConversationKeysAt + askedConversationKeysBytes
export const senderKeysBytes = maxSenders * ID_TABLE.keyBytes
/** The IPv6 addresses that have a number, as the wire has them. */
export const ipKeysAt = senderKeysAt + senderKeysBytes
export const ipKeysBytes = maxIps * ID_TABLE.keyBytes
export const addressSlots = 8 * maxAddresses
export const addressSlotsAt = ipKeysAt + ipKeysBytes
export const addressSlotsBytes = addressSlots * WORD
export const askedSlots = 4 * maxAsked
export const askedSlotsAt = addressSlotsAt + addressSlotsBytes
export const askedSlotsBytes = askedSlots * WORD
export const claimSlots = 4 * allClaims
export const claimSlotsAt = askedSlotsAt + askedSlotsBytes
export const claimSlotsBytes = claimSlots * WORD
export const conversationSlots = 4 * maxConversations
export const conversationSlotsAt = claimSlotsAt + claimSlotsBytes
export const conversationSlotsBytes = conversationSlots * WORD
export const askedConversationSlotsAt = conversationSlotsAt + conversationSlotsBytes
export const askedConversationSlotsBytes = conversationSlots * WORD
export const senderSlots = 4 * maxSenders
export const senderSlotsAt = askedConversationSlotsAt + askedConversationSlotsBytes
export const senderSlotsBytes = senderSlots * WORD
export const ipSlots = 4 * maxIps
export const ipSlotsAt = senderSlotsAt + senderSlotsBytes
export const ipSlotsBytes = ipSlots * WORD
/** A ring of times and how many frames came at each. */
export const peakTimesAt = ipSlotsAt + ipSlotsBytes
export const peakTimesBytes = peakEntries * DOUBLE
export const peakCountsAt = peakTimesAt + peakTimesBytes
export const peakCountsBytes = peakEntries * WORD
/** known-frame.ts, from a line of the processor's cache on, and a hash table of their numbers plus one. */
export const knownFramesAt = (peakCountsAt + peakCountsBytes + 63) & ~63
export const knownFramesBytes = maxKnownFrames * KNOWN_FRAME.rowBytes
export const knownSlots = 2 * maxKnownFrames
export const knownSlotsAt = knownFramesAt + knownFramesBytes
export const knownSlotsBytes = knownSlots * WORD
export const end = knownSlotsAt + knownSlotsBytes
