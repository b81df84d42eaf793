import type { Rule } from '../define.js'
import { balanceAlb } from './balance-alb.js'
import { failOverMacActive } from './fail-over-mac-active.js'

export const bondRules: readonly Rule[] = [balanceAlb, failOverMacActive]
