import type { Rule } from '../define.js'
import { arpFiltered } from './arp-filtered.js'

export const firewallRules: readonly Rule[] = [arpFiltered]
