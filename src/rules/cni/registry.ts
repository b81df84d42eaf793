import type { Rule } from '../define.js'
import { calicoOperatorAdvice } from './calico-operator-advice.js'
import { ovnAnswersEverywhere } from './ovn-answers-everywhere.js'

export const cniRules: readonly Rule[] = [calicoOperatorAdvice, ovnAnswersEverywhere]
