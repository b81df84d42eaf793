import { z } from 'zod'
import type { Question } from '../answering/model.js'
import { parseIp } from '../wire/ip.js'
import { parseMac } from '../wire/mac.js'

/** A question, as it was given and as the model takes it. */
export interface AskedQuestion {
  readonly text: QuestionText
  readonly question: Omit<Question, 'on'>
}

const ip = z.string().refine((text) => parseIp(text) !== null, 'not an IP address')
const questionSchema = z.object({
  target: ip,
  asker: ip.nullable().optional(),
  to: z
    .string()
    .refine((text) => parseMac(text) !== null, 'not a MAC')
    .nullable()
    .optional(),
  on: z.array(z.string().min(1)).min(1).optional(),
  vlan: z.number().int().min(0).max(4094).nullable().optional(),
})

export type QuestionText = z.infer<typeof questionSchema>

/** JSON Lines, empty lines aside; or what is wrong with the first line that is none. */
export function readQuestions(text: string): AskedQuestion[] | { readonly wrong: string } {
  const questions: AskedQuestion[] = []
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const read = readLine(line)
    if ('wrong' in read) return { wrong: `line ${at + 1}: ${read.wrong}` }
    questions.push(read)
  }
  return questions
}

function readLine(line: string): AskedQuestion | { readonly wrong: string } {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (error) {
    return { wrong: `not JSON: ${(error as Error).message}` }
  }
  const parsed = questionSchema.safeParse(value)
  if (!parsed.success) return { wrong: z.prettifyError(parsed.error).split('\n').join(' ') }
  const { target, asker } = parsed.data
  if (asker && asker.includes(':') !== target.includes(':')) return { wrong: 'target and asker are not of one family' }
  return asked(parsed.data)
}

/** Addresses are checked already. Without an asker it is a probe, without `to` a broadcast. */
export function asked(text: QuestionText): AskedQuestion {
  const { target, asker = null, to = null, vlan = null } = text
  return {
    text,
    question: {
      target: parseIp(target)!,
      asker: asker === null ? null : parseIp(asker),
      to: to === null ? null : parseMac(to),
      vlan,
    },
  }
}
