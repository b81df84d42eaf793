import type { Rule } from '../define.js'
import { staticProxyEntry } from './static-proxy-entry.js'
import { tableOverflow } from './table-overflow.js'

export const neighbourRules: readonly Rule[] = [staticProxyEntry, tableOverflow]
