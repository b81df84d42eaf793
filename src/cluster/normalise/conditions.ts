import type { Condition } from '../model-common.js'
import { records, text } from './raw.js'

export function conditions(value: unknown): Condition[] {
  return records(value).map((condition) => ({
    type: text(condition['type']),
    status: text(condition['status']),
    reason: text(condition['reason']),
    message: text(condition['message']),
  }))
}
