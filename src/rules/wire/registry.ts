import type { Rule } from '../define.js'
import { broadcastNotAnswered } from './broadcast-not-answered.js'
import { conflictingClaims } from './conflicting-claims.js'
import { detectionDenied } from './detection-denied.js'
import { duplicateResponders } from './duplicate-responders.js'
import { ethernetMismatch } from './ethernet-mismatch.js'
import { flipFlop } from './flip-flop.js'
import { groupNotJoined } from './group-not-joined.js'
import { intermittentAnswer } from './intermittent-answer.js'
import { movedWithoutOverride } from './moved-without-override.js'
import { noAnswer } from './no-answer.js'
import { onlyProbesAnswered } from './only-probes-answered.js'
import { proxyResponder } from './proxy-responder.js'
import { sameMacManyAddresses } from './same-mac-many-addresses.js'
import { silentForATime } from './silent-for-a-time.js'
import { slowAnswer } from './slow-answer.js'
import { stoppedAnswering } from './stopped-answering.js'
import { timeRunsBackwards } from './time-runs-backwards.js'
import { unexpectedResponder } from './unexpected-responder.js'
import { unicastNotAnswered } from './unicast-not-answered.js'
import { unusableMac } from './unusable-mac.js'

/** What the wire alone can answer. */
export const wireRules: readonly Rule[] = [
  duplicateResponders,
  conflictingClaims,
  flipFlop,
  movedWithoutOverride,
  detectionDenied,
  groupNotJoined,
  noAnswer,
  intermittentAnswer,
  stoppedAnswering,
  slowAnswer,
  silentForATime,
  broadcastNotAnswered,
  onlyProbesAnswered,
  unicastNotAnswered,
  proxyResponder,
  unusableMac,
  ethernetMismatch,
  sameMacManyAddresses,
  unexpectedResponder,
  timeRunsBackwards,
]
