import type { Rule } from '../define.js'
import { learntElsewhere } from './learnt-elsewhere.js'
import { macOnTwoPorts } from './mac-on-two-ports.js'
import { staleUpstream } from './stale-upstream.js'
import { unresolvedUpstream } from './unresolved-upstream.js'

/** The rules on tables of routers and switches; a scan without one does not load them. */
export const upstreamRules: readonly Rule[] = [staleUpstream, learntElsewhere, unresolvedUpstream, macOnTwoPorts]
