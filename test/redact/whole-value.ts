import { z } from 'zod'

/** What stands at the places of a value: each text, each name that somebody chose for a member, and each number. */
export interface Filling {
  text(): string
  /** `member` is the nearest name above it. */
  number(member: string): number
  /** Which of two forms a value that may be unknown takes. */
  readonly known: boolean
}

/** A value of the schema that has every member it can have, and one item in each list. */
export function wholeValue(schema: z.ZodType, filling: Filling, member = ''): unknown {
  const of = (inner: unknown) => wholeValue(inner as z.ZodType, filling, member)
  if (schema instanceof z.ZodObject) {
    const members = Object.entries(schema.shape as Record<string, z.ZodType>)
    return Object.fromEntries(members.map(([name, one]) => [name, wholeValue(one, filling, name)]))
  }
  if (schema instanceof z.ZodArray) return [of(schema.element)]
  if (schema instanceof z.ZodRecord) return { [filling.text()]: of(schema.valueType) }
  if (schema instanceof z.ZodDiscriminatedUnion) return of(formOf(schema, filling.known))
  if (['string', 'enum'].includes(schema.def.type)) return filling.text()
  if (schema instanceof z.ZodNumber) return filling.number(member)
  if (schema instanceof z.ZodBoolean) return true
  if (schema instanceof z.ZodLiteral) return [...schema.values][0]
  if (schema instanceof z.ZodUnion) return of(schema.options[0])
  if ('unwrap' in schema) return of((schema as z.ZodOptional).unwrap())
  if (schema instanceof z.ZodUnknown) return null // another schema says what it is
  throw new Error(`no value is made of ${schema.def.type}`)
}

function formOf({ options }: z.ZodDiscriminatedUnion, known: boolean): unknown {
  return options.find(
    (one) => one instanceof z.ZodObject && [...(one.shape['known'] as z.ZodLiteral).values][0] === known,
  )
}
