// The part of the fold that every frame passes, compiled to WebAssembly: a processor needs a third of the instructions that
// it needs for the same in JavaScript. Its tables are regions of one memory (../columns), which src/observe/core.ts shares;
// src/observe reads them. What is no plain frame is returned to be decoded there, and comes back as a key.
//
// Two halves with a queue between them (queue.ts), which may run in two threads and then share nothing else: frames are read and
// their flows looked up (records.ts, reader.ts, frame.ts, keys.ts, copies.ts), and noted (note.ts and all others).
import * as REGION from '../columns/regions'
import { resetAddresses } from './addresses'
import { resetChanges } from './changes'
import { resetClaims } from './claims'
import { resetConversations } from './conversations'
import { resetCopies } from './copies'
import { forgetFlows } from './flows'
import { resetFrames } from './frame'
import { resetKept } from './kept'
import { kindOf } from './key'
import { forgetKeys } from './keys'
import { resetLoops } from './loops'
import { resetLoud } from './loud'
import { resetNotes } from './note'
import { resetPeak } from './peak'
import { resetQueue } from './queue'
import { resetRates } from './rates'
import { resetReader } from './reader'
import { resetSamples } from './samples'
import { resetCounts } from './settle'
import { resetSources } from './sources'
import { resetStorm } from './storm'

export { addressCount, ask, findAddress } from './addresses'
export { claimCount } from './claims'
export { begin as otherFrame, record } from './frame'
export { noteQueue, publish, share } from './queue'
export { arp, finish, otherArp, plainArp, plainOther, settle } from './reader'
export { readRecords } from './records'

/** The bits of flow-kind.ts of the key that was put into its region. */
export function kindOfKey(): u32 {
  return kindOf(REGION.keyAt)
}

/** Starts anew, in a memory that was used before too. */
export function reset(): void {
  resetAddresses()
  resetChanges()
  resetClaims()
  resetConversations()
  resetCopies()
  forgetFlows()
  resetFrames()
  resetKept()
  forgetKeys()
  resetLoops()
  resetLoud()
  resetNotes()
  resetPeak()
  resetQueue()
  resetRates()
  resetReader()
  resetSamples()
  resetCounts()
  resetSources()
  resetStorm()
}
