/**
 * The memory of the core (src/observe/core): bounds of its tables, and the byte at which each one starts. Rows are as wide as
 * the files named here say.
 */

/** Distinct (VLAN stack, address) pairs that get a record; when all have theirs, so many more that were asked for. */
export const maxAddresses = 65_536
export const maxAsked = 65_536
export const allAddresses = 2 * maxAddresses + maxAsked
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
/** Exchanges kept in full: so many about other addresses, the rest about those asked for; and their answers. */
export const maxKeptOthers = 32_768
export const maxKept = 98_304
export const maxKeptAnswers = 262_144
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
/** Of a chunk of a capture. */
export const chunkBytes = 1_048_576

/** Every rate is one of a sender, a target or a VLAN stack, in this order, and of one kind. */
export const firstTarget = maxSenders
export const firstVlan = firstTarget + allAddresses
export const rateSubjects = firstVlan + maxStacks
/** The places in RATE_KINDS. */
export const rateKinds = 3
export const rates = rateSubjects * rateKinds
/** Conversations about addresses asked for come after all others, so that no storm can push them out. */
export const firstAskedConversation = maxConversations

/** Places of the queue between reading and noting (waiting.ts). */
export const queuePlaces = 1_048_576

/** The key of a flow (flow-key.ts): where the caller puts one to be looked up. */
export const keyAt = 64
/** The queue's ends, numbers of places: where it is filled, and where it is emptied. */
export const queueTailAt = 128
export const queueHeadAt = 256
/** total.ts */
export const totalsAt = 384
/** Frames that are being looked up (gathered.ts). */
export const gatheredAt = totalsAt + 128
export const gatheredFrames = 32
/** Where chunks of a file are read to; and where those are copied to that came from elsewhere, maybe out of the first. */
export const chunkAt = gatheredAt + 512
export const copyAt = chunkAt + chunkBytes
export const queueAt = copyAt + chunkBytes
/** The keys of flows (flow-key.ts) and a hash table of their numbers plus one: the reader's. */
export const flowKeysAt = queueAt + queuePlaces * 16
export const flowSlotsAt = flowKeysAt + maxFlows * 64
/** flow.ts */
export const flowsAt = flowSlotsAt + 2 * maxFlows * 4
/** claim-seen.ts and address-seen.ts */
export const claimsSeenAt = flowsAt + maxFlows * 128
export const addressesSeenAt = claimsSeenAt + allClaims * 64
/** Frames in the open second and in all, and the places that are not zero in the open second. */
export const ratesAt = addressesSeenAt + allAddresses * 16
export const rateTotalsAt = ratesAt + rates * 4
export const activeRatesAt = rateTotalsAt + rates * 4
/** For each rate that got loud its row, plus one; and the rows (loud.ts), scope by scope. */
export const loudNumbersAt = activeRatesAt + rates * 4 + 64
export const loudAt = loudNumbersAt + rates * 4
/** For each conversation: exchanges opened since the last time that none was open, and a ring of them (exchange.ts). */
export const openedAt = loudAt + 3 * maxLoud * 88
export const ringsAt = openedAt + 2 * maxConversations * 4
/** kept.ts and kept-answer.ts */
export const keptAt = ringsAt + 2 * maxConversations * 192
export const keptAnswersAt = keptAt + maxKept * 40
/** change.ts, source.ts and loop.ts */
export const changesAt = keptAnswersAt + maxKeptAnswers * 16
export const sourcesAt = changesAt + maxChanges * 32
export const loopsAt = sourcesAt + maxSources * allClaims * 16
/** Blocks of latencies, 32-bit words. */
export const samplesAt = loopsAt + maxLoops * 80
export const stormFramesAt = samplesAt + sampleBlocks * blockSamples * 4
/** claim.ts and address.ts */
export const claimsAt = stormFramesAt + 512
export const addressesAt = claimsAt + allClaims * 112
/** For each table that gives out numbers: how it stands (16 bytes). */
export const idTablesAt = addressesAt + allAddresses * 104
/** The keys of those tables, 16 bytes each, and their hash tables, which are twice as large as they need to be. */
export const addressKeysAt = idTablesAt + 128
export const claimKeysAt = addressKeysAt + allAddresses * 16
export const senderKeysAt = claimKeysAt + allClaims * 16
export const conversationKeysAt = senderKeysAt + maxSenders * 16
export const askedConversationKeysAt = conversationKeysAt + maxConversations * 16
export const askedKeysAt = askedConversationKeysAt + maxConversations * 16
export const addressSlotsAt = askedKeysAt + maxAsked * 16
export const claimSlotsAt = addressSlotsAt + 524_288 * 4
export const senderSlotsAt = claimSlotsAt + 262_144 * 4
export const conversationSlotsAt = senderSlotsAt + 131_072 * 4
export const askedConversationSlotsAt = conversationSlotsAt + 16_384 * 4
export const askedSlotsAt = askedConversationSlotsAt + 16_384 * 4
/** A ring of times (doubles) and how many frames came at each. */
export const peakTimesAt = askedSlotsAt + 131_072 * 4
export const peakCountsAt = peakTimesAt + peakEntries * 8
export const end = peakCountsAt + peakEntries * 4
