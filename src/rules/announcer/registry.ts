import type { Rule } from '../define.js'
import { twoControllersOneIp } from './two-controllers-one-ip.js'

export const announcerRules: readonly Rule[] = [twoControllersOneIp]
