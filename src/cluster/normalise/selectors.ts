import type { LabelSelector, MatchExpression } from '../model-workloads.js'
import { labels, type Raw, record, records, text, texts } from './raw.js'

export function labelSelector(value: unknown): LabelSelector {
  const raw = record(value)
  return { matchLabels: labels(raw['matchLabels']), matchExpressions: matchExpressions(raw) }
}

/** Null where the field is absent: Cilium means "everything" by that. */
export function labelSelectorOrNull(value: unknown): LabelSelector | null {
  return value === undefined || value === null ? null : labelSelector(value)
}

export function labelSelectors(value: unknown): LabelSelector[] {
  return records(value).map(labelSelector)
}

export function matchExpressions(raw: Raw): MatchExpression[] {
  return records(raw['matchExpressions']).map((expression) => ({
    key: text(expression['key']),
    operator: text(expression['operator']),
    values: texts(expression['values']),
  }))
}
