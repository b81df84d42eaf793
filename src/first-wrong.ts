import { z } from 'zod'

/**
 * Reading what others wrote against a schema, up to the first wrong item of a list. Zod by itself collects all that is wrong: a
 * file of a megabyte can hold a million wrong items, each of them with an issue or ten.
 */

/** Ends the reading at the item that is wrong. */
class WrongItem extends Error {
  override readonly name = 'WrongItem'
}

export function listOf<T extends z.ZodType>(item: T) {
  return z.array(orEnd(item))
}

export function recordOf<T extends z.ZodType>(item: T) {
  return z.record(z.string(), orEnd(item))
}

/** Zod asks without an error when it writes a JSON Schema. */
function orEnd<T extends z.ZodType>(item: T) {
  return item.catch((wrong: { error: { issues: z.core.$ZodIssue[] } } | undefined) => {
    if (wrong === undefined) return undefined as never
    throw new WrongItem(firstOf(wrong.error.issues))
  })
}

/** Below so many characters a schema is sooner read as it is than made into code by zod. */
const WORTH_CODE = 1_000_000

/** The value, or what is wrong with it first. `characters`: of the text that it was. */
export function readAs<T extends z.ZodType>(
  schema: T,
  value: unknown,
  characters: number,
): { data: z.infer<T> } | { wrong: string } {
  try {
    const parsed = schema.safeParse(value, { jitless: characters < WORTH_CODE })
    return parsed.success ? { data: parsed.data } : { wrong: firstOf(parsed.error.issues) }
  } catch (error) {
    if (error instanceof WrongItem) return { wrong: error.message }
    throw error
  }
}

function firstOf([issue]: readonly z.core.$ZodIssue[]): string {
  if (issue === undefined) return 'it is not of this form'
  return issue.path.length > 0 ? `at ${issue.path.join('.')}: ${issue.message}` : issue.message
}
