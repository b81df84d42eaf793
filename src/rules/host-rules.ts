import { answersRules } from './answers/registry.js'
import { bondRules } from './bond/registry.js'
import { bridgeRules } from './bridge/registry.js'
import type { Rule } from './define.js'
import { kernelRules } from './kernel/registry.js'
import { linkRules } from './link/registry.js'
import { memberlistRules } from './memberlist/registry.js'
import { neighbourRules } from './neighbour/registry.js'
import { sysctlRules } from './sysctl/registry.js'
import { vrrpHostRules } from './vrrp/host-registry.js'

/** The rules that hosts alone can answer. */
export const hostRules: readonly Rule[] = [
  ...answersRules,
  ...sysctlRules,
  ...neighbourRules,
  ...kernelRules,
  ...bridgeRules,
  ...linkRules,
  ...bondRules,
  ...memberlistRules,
  ...vrrpHostRules,
]
