// The part of the fold that every frame passes, compiled to WebAssembly: a processor needs a third of the instructions that
// it needs for the same in JavaScript. Its tables are regions of one memory (../columns), which src/observe/core.ts shares;
// src/observe reads them. What is no plain frame is returned to be decoded there, and comes back as a key.
//
// Two halves with a queue between them (queue.ts), which may run in two threads and then share nothing else: frames are read and
// their flows looked up (records.ts, reader.ts, frame.ts, keys.ts, copies.ts), and noted (note.ts and all others).
import * as REGION from '../columns/region.js'
import { resetAddresses } from './addresses'
import { resetClaims } from './claims'
import { resetConversations } from './conversations'
import { findIp, resetIps } from './ips'
import { kindOf } from './key'
import { forgetKeys } from './keys'
import { resetKnownFrames } from './known-frames'
import { resetQueue } from './queue'
import { resetRates } from './rates'

export { addressCount, ask, ask6, findAddress } from './addresses'
export { claimCount } from './claims'
export { discovery, knownDiscoveries } from './discovery'
export { frames, begin as otherFrame, record } from './frame'
export { noteQueue, publish, share } from './queue'
export { arp, finish, otherArp, plainArp, plainOther, settle } from './reader'
export { readRecords } from './records'

/** The bits of flow-kind.ts of the key that was put into its region. */
export function kindOfKey(): u32 {
  return kindOf(REGION.keyAt)
}

/** The number of the IPv6 address that was put where a target's place is (region.ts), or -1. */
export function numberOfIp(): i32 {
  return findIp(REGION.discoveryTargetAt)
}

/**
 * Begins, in a memory that may have been used before. The instance is a new one for each use (src/observe/core.ts), so every
 * variable is as it was declared: what is begun here is all that one use could leave to the next.
 */
export function reset(): void {
  resetAddresses()
  resetClaims()
  resetConversations()
  resetIps()
  forgetKeys()
  resetKnownFrames()
  resetQueue()
  resetRates()
}
