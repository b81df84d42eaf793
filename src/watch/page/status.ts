import { z } from 'zod'
import { SEVERITIES } from '../../report/severities.js'
import { CERTAINTIES } from '../../rules/certainty.js'

/** What a watch knows now, as `/status.json` and the page show it: field names are fixed, more may be added. Times are ISO 8601. */

const iso = z.string()
const count = z.number().int().nonnegative()
const verdict = z.enum(['healthy', 'findings', 'inconclusive'])
const machine = z.object({ mac: z.string(), node: z.string().nullable() })

/** Minutes in a row in which the same was seen of an address. */
const runSchema = z.object({
  from: iso,
  /** The begin of its last minute. */
  to: iso,
  verdict,
  /** Who answered; nobody is silence where the verdict is `findings`, and unknown where it is `inconclusive`. */
  machines: z.array(machine),
})

const vipSchema = z.object({
  ip: z.string(),
  interface: z.string(),
  services: z.array(z.string()),
  /** Of the last window. */
  verdict,
  /** Why it is inconclusive; null otherwise. */
  because: z.string().nullable(),
  responders: z.array(machine),
  expected: z.object({ node: z.string().nullable(), from: z.string() }).nullable(),
  /** Whether those answer that should; null where that cannot be said. */
  answersAsExpected: z.boolean().nullable(),
  /** Expectations of the check file about the address that the last window broke, each with what was seen. */
  failedExpectations: z.array(z.string()),
  /** The machine that answered alone last. */
  owner: machine.nullable(),
  ownerSince: iso.nullable(),
  moves: count,
  lastAnswerAt: iso.nullable(),
  lastHour: z.array(runSchema),
})

const findingSchema = z.object({
  interface: z.string(),
  rule: z.string(),
  title: z.string(),
  severity: z.enum(SEVERITIES),
  certainty: z.enum(CERTAINTIES),
  because: z.string(),
  subject: z.string(),
  message: z.string(),
  since: iso,
  /** The page of its rule, below the place of this one. */
  docs: z.string(),
})

export const statusSchema = z.object({
  schemaVersion: z.literal(1),
  tool: z.object({ name: z.literal('l2doctor'), version: z.string() }),
  /** The end of the last window that was judged; null before the first. */
  at: iso.nullable(),
  interfaces: z.array(
    z.object({
      name: z.string(),
      /** Whether it is heard. */
      up: z.boolean(),
      /** Whether requests are sent in it; null before its first window. */
      asks: z.boolean().nullable(),
      judgedAt: iso.nullable(),
    }),
  ),
  /** The worst first. */
  vips: z.array(vipSchema),
  findings: z.array(findingSchema),
  expectations: z.array(
    z.object({
      interface: z.string(),
      title: z.string(),
      status: z.enum(['held', 'failed', 'unknown']),
      message: z.string(),
    }),
  ),
  /** All that there are, of which the lists may hold the worst only. */
  counts: z.object({
    healthy: count,
    findings: count,
    inconclusive: count,
    standing: count,
    /** Findings that requests had shown before another watch began to send them: that one says whether they stand. */
    left: count,
    expectations: count,
  }),
})

export type Status = z.infer<typeof statusSchema>
export type VipStatus = Status['vips'][number]
export type FindingStatus = Status['findings'][number]
export type Run = z.infer<typeof runSchema>

/** The published JSON Schema (docs/status.schema.json is generated from here). */
export function statusJsonSchema(): object {
  return z.toJSONSchema(statusSchema, { io: 'output' })
}
