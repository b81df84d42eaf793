import type { Host } from '../node/model.js'
import type { Announcement, Prediction, Question } from './model.js'
import { predict } from './predict.js'

/** The same request on several interfaces of a host: one sure reply is a yes, one open interface without any is unknown. */
export function predictOn(
  host: Host,
  question: Omit<Question, 'on'>,
  interfaces: readonly (string | Pick<Question, 'on' | 'vlan'>)[],
  announcements: readonly Announcement[] = [],
): Prediction {
  const each = interfaces.map((one) =>
    predict(host, { ...question, ...(typeof one === 'string' ? { on: one } : one) }, announcements),
  )
  if (each.length === 1) return each[0]!
  return {
    answers: each.some(({ answers }) => answers === 'yes')
      ? 'yes'
      : each.some(({ answers }) => answers === 'unknown')
        ? 'unknown'
        : 'no',
    replies: each.flatMap(({ replies }) => replies),
    possible: each.flatMap(({ possible }) => possible),
    because: each.flatMap(({ because }) => because),
    missing: [...new Set(each.flatMap(({ missing }) => missing))],
    assumed: [...new Set(each.flatMap(({ assumed }) => assumed))],
  }
}
