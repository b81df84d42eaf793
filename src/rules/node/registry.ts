import type { Rule } from '../define.js'
import { kernelMixed } from './kernel-mixed.js'
import { networkUnavailable } from './network-unavailable.js'

export const nodeRules: readonly Rule[] = [networkUnavailable, kernelMixed]
