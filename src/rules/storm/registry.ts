import type { Rule } from '../define.js'
import { gratuitous } from './gratuitous.js'
import { loop } from './loop.js'
import { replies } from './replies.js'
import { requests } from './requests.js'
import { wireshark } from './wireshark.js'

export const stormRules: readonly Rule[] = [requests, replies, gratuitous, loop, wireshark]
