import type { Rule } from '../define.js'
import { otherResponder } from './other-responder.js'
import { silentPlace } from './silent-place.js'

export const vantageRules: readonly Rule[] = [silentPlace, otherResponder]
