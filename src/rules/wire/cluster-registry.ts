import type { Rule } from '../define.js'
import { nobodyInCharge } from './nobody-in-charge.js'

/** What the wire can answer beside a cluster. */
export const wireClusterRules: readonly Rule[] = [nobodyInCharge]
