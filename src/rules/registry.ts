import type { Rule } from './define.js'
import { stormRules } from './storm/registry.js'
import { wireRules } from './wire/registry.js'

/** Every rule, by area. */
export const allRules: readonly Rule[] = [...wireRules, ...stormRules]
