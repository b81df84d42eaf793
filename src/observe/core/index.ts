// The part of the fold that every frame passes, compiled to WebAssembly: a processor needs a third of the instructions that
// it needs for the same in JavaScript. Its tables are regions of one memory (../columns), which src/observe/core.ts shares;
// src/observe reads them. What is no plain frame is returned to be decoded there, and comes back as a key.
import { resetAddresses } from './addresses'
import { resetClaims } from './claims'
import { resetConversations } from './conversations'
import { forget } from './flows'
import { resetFrames } from './frame'
import { resetKept } from './kept'
import { resetLoud } from './loud'
import { resetPeak } from './peak'
import { resetRates } from './rates'
import { resetSamples } from './samples'
import { resetCounts } from './settle'
import { resetStorm } from './storm'

export { addressCount, ask, findAddress } from './addresses'
export { claimCount } from './claims'
export { begin, firstAt, frames, lastAt, now, pass, plainArp, plainOther } from './frame'
export { loudCount, unlistedLoud } from './loud'
export { kindOfKey } from './meet'
export { noteKey, noteOther } from './note'
export { peak } from './peak'
export { closeSecond } from './rates'
export { readRecords } from './records'
export { gratuitous, probes, replies, requests, settle, unlistedClaims } from './settle'
export { storms } from './storm'

/** Starts anew, in a memory that was used before too. */
export function reset(): void {
  resetAddresses()
  resetClaims()
  resetConversations()
  forget()
  resetFrames()
  resetKept()
  resetLoud()
  resetPeak()
  resetRates()
  resetSamples()
  resetCounts()
  resetStorm()
}
