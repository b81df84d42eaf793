import type { Rule } from '../define.js'
import { bridgedDnat } from './bridged-dnat.js'
import { floodOff } from './flood-off.js'
import { hairpinOnUplink } from './hairpin-on-uplink.js'
import { loopLog } from './loop-log.js'
import { portNotForwarding } from './port-not-forwarding.js'
import { portProxyArp } from './port-proxy-arp.js'
import { vlanSelfMissing } from './vlan-self-missing.js'

export const bridgeRules: readonly Rule[] = [
  bridgedDnat,
  floodOff,
  hairpinOnUplink,
  loopLog,
  portNotForwarding,
  portProxyArp,
  vlanSelfMissing,
]
