import type { Rule } from '../define.js'
import { allowanceExpired } from './allowance-expired.js'
import { allowanceUnused } from './allowance-unused.js'

export const checkRules: readonly Rule[] = [allowanceExpired, allowanceUnused]
