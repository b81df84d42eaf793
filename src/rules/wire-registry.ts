import type { Rule } from './define.js'
import { stormRules } from './storm/registry.js'
import { wireRules } from './wire/registry.js'

/** The areas that the wire alone can answer; apart, so that a scan loads no others and starts the sooner. */
export const wireOnlyRules: readonly Rule[] = [...wireRules, ...stormRules]
