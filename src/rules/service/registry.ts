import type { Rule } from '../define.js'
import { vipChanged } from './vip-changed.js'

export const serviceRules: readonly Rule[] = [vipChanged]
