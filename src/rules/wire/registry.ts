import type { Rule } from '../define.js'
import { duplicateResponders } from './duplicate-responders.js'

export const wireRules: readonly Rule[] = [duplicateResponders]
