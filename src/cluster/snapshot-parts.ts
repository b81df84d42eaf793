import { z } from 'zod'
import { listOf, recordOf } from '../first-wrong.js'

/** Schemas of members that objects of many kinds have. */

export const text = z.string()
export const textOrNull = z.string().nullable()
export const texts = listOf(text)
export const flag = z.boolean()
export const number = z.number()
export const numberOrNull = number.nullable()
export const labels = recordOf(text)
export const named = { key: text, namespace: text, name: text }
export const expression = z.object({ key: text, operator: text, values: texts })
export const selector = z.object({ matchLabels: labels, matchExpressions: listOf(expression) })
export const condition = z.object({ type: text, status: text, reason: text, message: text })
