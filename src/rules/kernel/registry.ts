import type { Rule } from '../define.js'
import { knownRegression } from './known-regression.js'

export const kernelRules: readonly Rule[] = [knownRegression]
