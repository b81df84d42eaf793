import { deviceUp, frameForUs } from '../checks/reception.js'
import { delivered } from './delivery.js'
import { ownerOrProxy } from './owner.js'
import { ipv6On, messageValid, senderRange } from './reception.js'
import type { NdCheck } from './solicited.js'

/** ip6_rcv_core() in net/ipv6/ip6_input.c, before the packet filter of the prerouting hook. */
export const RECEPTION: readonly NdCheck[] = [deviceUp, frameForUs, ipv6On, senderRange]

/** Routing, before the packet filter of the input hook. */
export const DELIVERY: readonly NdCheck[] = [delivered]

/** ndisc_rcv() and ndisc_recv_ns() in net/ipv6/ndisc.c. */
export const ORDER: readonly NdCheck[] = [messageValid, ownerOrProxy]
