import type { Rule } from '../define.js'
import { familyNotServed } from './family-not-served.js'
import { hadAddress } from './had-address.js'
import { noAddress } from './no-address.js'
import { vipChanged } from './vip-changed.js'

export const serviceRules: readonly Rule[] = [familyNotServed, hadAddress, noAddress, vipChanged]
