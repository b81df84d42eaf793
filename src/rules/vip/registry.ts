import type { Rule } from '../define.js'
import { boundOnHost } from './bound-on-host.js'

export const vipRules: readonly Rule[] = [boundOnHost]
