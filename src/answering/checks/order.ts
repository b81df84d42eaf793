import type { Check } from '../asked.js'
import { localTarget, probe } from './local.js'
import { forwarding, proxies } from './proxy.js'
import { arpEnabled, deviceUp, frameForUs, gratuitous, targetRange } from './reception.js'
import { martians, routeToTarget, senderAccepted } from './sender.js'

/** arp_rcv() in net/ipv4/arp.c, before the packet filter: the first check that ends it decides. */
export const RECEPTION: readonly Check[] = [deviceUp, arpEnabled, frameForUs]

/** arp_process(), and the routing that it asks. */
export const ORDER: readonly Check[] = [
  targetRange,
  gratuitous,
  probe,
  martians,
  routeToTarget,
  forwarding,
  senderAccepted,
  localTarget,
  proxies,
]
