import type { Rule } from '../define.js'
import { newResponder } from './new-responder.js'
import { nobodyInCharge } from './nobody-in-charge.js'

/** What the wire can answer beside a cluster, or beside what a watch wrote down. */
export const wireClusterRules: readonly Rule[] = [nobodyInCharge, newResponder]
