import type { Rule } from '../define.js'
import { brokenPath } from './broken-path.js'
import { forOtherAddresses } from './for-other-addresses.js'
import { ownAddressSilent } from './own-address-silent.js'
import { silentHolder } from './silent-holder.js'
import { staleNeighbour } from './stale-neighbour.js'
import { unexplainedResponder } from './unexplained-responder.js'
import { unwantedResponder } from './unwanted-responder.js'

export const answersRules: readonly Rule[] = [
  unwantedResponder,
  silentHolder,
  brokenPath,
  unexplainedResponder,
  staleNeighbour,
  forOtherAddresses,
  ownAddressSilent,
]
