import type { Rule } from '../define.js'
import { advertsFiltered } from './adverts-filtered.js'
import { configurationsDiffer } from './configurations-differ.js'
import { heldByTwo } from './held-by-two.js'
import { instanceInterface } from './instance-interface.js'
import { masterWithoutAddress } from './master-without-address.js'

/** What the hosts say of VRRP: keepalived's configuration on them, and what they hold beside the adverts. */
export const vrrpHostRules: readonly Rule[] = [
  masterWithoutAddress,
  configurationsDiffer,
  heldByTwo,
  instanceInterface,
  advertsFiltered,
]
