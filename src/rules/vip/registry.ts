import type { Rule } from '../define.js'
import { boundOnHost } from './bound-on-host.js'
import { foreignResponder } from './foreign-responder.js'

export const vipRules: readonly Rule[] = [boundOnHost, foreignResponder]
