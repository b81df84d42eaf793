import type { Rule } from '../define.js'
import { broadcastNotAnswered } from './broadcast-not-answered.js'
import { conflictingClaims } from './conflicting-claims.js'
import { duplicateResponders } from './duplicate-responders.js'
import { ethernetMismatch } from './ethernet-mismatch.js'
import { flipFlop } from './flip-flop.js'
import { intermittentAnswer } from './intermittent-answer.js'
import { noAnswer } from './no-answer.js'
import { proxyResponder } from './proxy-responder.js'
import { sameMacManyAddresses } from './same-mac-many-addresses.js'
import { unexpectedResponder } from './unexpected-responder.js'

export const wireRules: readonly Rule[] = [
  duplicateResponders,
  conflictingClaims,
  flipFlop,
  noAnswer,
  intermittentAnswer,
  broadcastNotAnswered,
  proxyResponder,
  ethernetMismatch,
  sameMacManyAddresses,
  unexpectedResponder,
]
