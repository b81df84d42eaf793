import type { Rule } from '../define.js'
import { portNotListening } from './port-not-listening.js'

export const memberlistRules: readonly Rule[] = [portNotListening]
