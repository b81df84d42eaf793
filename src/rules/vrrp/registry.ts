import type { Rule } from '../define.js'
import { addressesDiffer } from './addresses-differ.js'
import { advertsDiscarded } from './adverts-discarded.js'
import { carpClash } from './carp-clash.js'
import { flapping } from './flapping.js'
import { idClash } from './id-clash.js'
import { masterDoesNotAnswer } from './master-does-not-answer.js'
import { preemptionLoop } from './preemption-loop.js'
import { settingsDiffer } from './settings-differ.js'
import { twoMasters } from './two-masters.js'
import { virtualMacNeverSource } from './virtual-mac-never-source.js'

/** What the adverts of VRRP and CARP show. */
export const vrrpRules: readonly Rule[] = [
  twoMasters,
  idClash,
  carpClash,
  settingsDiffer,
  addressesDiffer,
  advertsDiscarded,
  flapping,
  preemptionLoop,
  masterDoesNotAnswer,
  virtualMacNeverSource,
]
