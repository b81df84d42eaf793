import type { Rule } from '../define.js'
import { arpAnnounce } from './arp-announce.js'
import { dropGratuitousArp } from './drop-gratuitous-arp.js'
import { ipForwardOff } from './ip-forward-off.js'
import { rpFilterStrict } from './rp-filter-strict.js'

export const sysctlRules: readonly Rule[] = [arpAnnounce, dropGratuitousArp, ipForwardOff, rpFilterStrict]
