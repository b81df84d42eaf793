import type { Rule } from '../define.js'
import { ipvsWithoutStrictArp } from './ipvs-without-strict-arp.js'

export const kubeProxyRules: readonly Rule[] = [ipvsWithoutStrictArp]
