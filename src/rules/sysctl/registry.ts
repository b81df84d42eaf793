import type { Rule } from '../define.js'
import { arpAnnounce } from './arp-announce.js'
import { arpFluxMultiNic } from './arp-flux-multi-nic.js'
import { arpIgnore } from './arp-ignore.js'
import { dropGratuitousArp } from './drop-gratuitous-arp.js'
import { ipForwardOff } from './ip-forward-off.js'
import { proxyArp } from './proxy-arp.js'
import { proxyArpPvlan } from './proxy-arp-pvlan.js'
import { rpFilterStrict } from './rp-filter-strict.js'

export const sysctlRules: readonly Rule[] = [
  arpAnnounce,
  arpFluxMultiNic,
  arpIgnore,
  dropGratuitousArp,
  ipForwardOff,
  proxyArpPvlan,
  proxyArp,
  rpFilterStrict,
]
