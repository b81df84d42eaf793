import type { Rule } from '../define.js'
import { calicoOperatorAdvice } from './calico-operator-advice.js'

export const cniRules: readonly Rule[] = [calicoOperatorAdvice]
