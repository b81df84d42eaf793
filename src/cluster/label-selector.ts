import type { Labels } from './model-common.js'
import type { LabelSelector, MatchExpression } from './model-workloads.js'

/** Whether labels satisfy a selector; an empty selector matches everything (apimachinery `LabelSelectorAsSelector`). */
export function matchesSelector(selector: LabelSelector, labels: Labels): boolean {
  const { matchLabels, matchExpressions } = selector
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every((expression) => matchesExpression(expression, labels))
  )
}

/** An unknown operator matches nothing, as the API server would have refused it. `NotIn` matches where the key is absent. */
export function matchesExpression({ key, operator, values }: MatchExpression, labels: Labels): boolean {
  const value = labels[key]
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0])
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0])
    default:
      return false
  }
}
