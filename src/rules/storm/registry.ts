import type { Rule } from '../define.js'

export const stormRules: readonly Rule[] = []
