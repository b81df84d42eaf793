import type { Rule } from '../define.js'
import { tableOverflow } from './table-overflow.js'

export const neighbourRules: readonly Rule[] = [tableOverflow]
