import type { Declared } from '../../redact/declare.js'
import { mapOf, namespace, objectKey, objectName, type Rewrite, words } from '../../redact/declare.js'
import type { Pseudonyms } from '../../redact/pseudonyms.js'
import type { Labels } from '../model-common.js'
import type { LabelSelector } from '../model-workloads.js'

/** What becomes of members that objects of many kinds have. */

export const labels: Rewrite<Labels> = mapOf(words, words)
export const named = { key: objectKey, namespace, name: objectName }
export const expression = { key: words, operator: words, values: words }
export const selector: Declared<LabelSelector> = { matchLabels: labels, matchExpressions: expression }
export const condition = { type: words, status: words, reason: words, message: words }

/** An interface by its name; of a pattern the words are replaced. */
export function interfaces(text: string, to: Pseudonyms): string {
  return /^[\w.@-]+$/.test(text) ? to.interface(text) : to.text(text)
}
