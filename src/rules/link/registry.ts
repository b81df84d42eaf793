import type { Rule } from '../define.js'
import { downOrNoarp } from './down-or-noarp.js'
import { macOnTwoHosts } from './mac-on-two-hosts.js'
import { promiscuous } from './promiscuous.js'
import { wifi } from './wifi.js'

export const linkRules: readonly Rule[] = [downOrNoarp, macOnTwoHosts, promiscuous, wifi]
