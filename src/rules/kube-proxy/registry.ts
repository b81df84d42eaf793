import type { Rule } from '../define.js'
import { ipvsWithoutStrictArp } from './ipvs-without-strict-arp.js'
import { nftablesLocal } from './nftables-local.js'

export const kubeProxyRules: readonly Rule[] = [ipvsWithoutStrictArp, nftablesLocal]
