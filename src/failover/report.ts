import { z } from 'zod'

/** The JSON of `failover`: field names are fixed, more may be added. Times of day are ISO 8601, spans milliseconds. */

const iso = z.iso.datetime({ offset: true })
const count = z.number().int().nonnegative()
const ms = z.number().nonnegative()

/** What was not seen itself lies between both. */
const spanSchema = z.object({ leastMs: ms, mostMs: ms })

const machineSchema = z.object({
  mac: z.string(),
  /** Of a virtual MAC: the source of the adverts of the machine that is master. */
  master: z.string().nullable(),
  node: z.string().nullable(),
})

/** The entry of this machine's own neighbour table, which its own requests can correct too. */
const ownEntrySchema = z.object({
  interface: z.string(),
  before: z.string().nullable(),
  /** When it named the new machine, by the clock of a program; null: it did not. */
  changedAt: iso.nullable(),
  /** What came before that: an announcement of the new machine, or its answer to a request of ours. */
  by: z.enum(['announcement', 'answer']).nullable(),
})

/** How long an announcer takes to notice a machine that died, and to have another take over. */
const promiseSchema = z.object({
  announcer: z.string(),
  leastMs: ms,
  mostMs: ms,
  because: z.string(),
  source: z.string(),
  /** What was held against it: how long nobody answered, or, of VRRP, how long nobody advertised. */
  of: z.enum(['silence', 'adverts']),
  measured: spanSchema,
  /** Null: it cannot be told at this fineness. */
  kept: z.boolean().nullable(),
})

const markSchema = z.object({
  /** From the start of what happened: the last answer of the old machine, or the first of the new one where that was before. */
  atMs: z.number(),
  what: z.enum(['ask', 'answer', 'announcement', 'own-entry']),
  mac: z.string().optional(),
})

const moveSchema = z.object({
  from: machineSchema,
  to: machineSchema,
  startedAt: iso,
  lastAnswerOfOld: iso,
  firstAnswerOfNew: iso,
  /** Null: the new machine announced nothing that was seen here. */
  announced: z.object({ at: iso, form: z.string() }).nullable(),
  /** The longest time in which nobody answered. */
  silence: spanSchema,
  /** Null: they never answered both. */
  overlap: spanSchema.nullable(),
  askEvery: z.object({ medianMs: ms, longestMs: ms }).nullable(),
  /** Null: this machine had no entry, or its table was not watched. */
  ownEntry: ownEntrySchema.nullable(),
  promise: promiseSchema.nullable(),
  timeline: z.array(markSchema),
})

const verdictSchema = z.enum(['measured', 'slow', 'inconclusive'])

const addressSchema = z.object({
  ip: z.string(),
  vlans: z.array(count),
  verdict: verdictSchema,
  /** Why it is `slow` or `inconclusive`; null otherwise. */
  because: z.string().nullable(),
  /** Who has it at the end. */
  owner: machineSchema.nullable(),
  asked: count,
  answered: count,
  askEvery: z.object({ medianMs: ms, longestMs: ms }).nullable(),
  failovers: z.array(moveSchema),
  /** Over the silences of all failovers; null without one. */
  median: spanSchema.nullable(),
  worst: spanSchema.nullable(),
  /** The machine that has it was silent and answered again. */
  outages: z.array(spanSchema.extend({ from: iso, until: iso })),
  /** Machines that answered beside the one that has it, and stopped. */
  visits: z.array(z.object({ mac: z.string(), from: iso, until: iso })),
})

export const failoverSchema = z.object({
  schemaVersion: z.literal(1),
  tool: z.object({ name: z.literal('l2doctor'), version: z.string() }),
  run: z.object({
    command: z.literal('failover'),
    startedAt: iso,
    endedAt: iso,
    interrupted: z.boolean(),
    source: z.object({ kind: z.string(), name: z.string(), engine: z.string() }).nullable(),
    /** Requests in a second, over all addresses; null: none were sent, a capture was read. */
    rate: z.number().nullable(),
    times: count,
  }),
  verdict: verdictSchema,
  headline: z.string().nullable(),
  failAboveMs: ms.nullable(),
  /** Who noted when a frame came: the kernel, or a program a little later. */
  clock: z.enum(['kernel', 'userspace']),
  addresses: z.array(addressSchema),
  gaps: z.array(z.object({ subject: z.string(), reason: z.string(), hint: z.string(), decisive: z.boolean() })),
})

export type FailoverReport = z.infer<typeof failoverSchema>
export type FailoverAddress = z.infer<typeof addressSchema>
export type MeasuredFailover = z.infer<typeof moveSchema>
export type Mark = z.infer<typeof markSchema>
export type StatedPromise = z.infer<typeof promiseSchema>

/** The published JSON Schema: docs/failover.schema.json is generated from here. */
export function failoverJsonSchema(): object {
  return z.toJSONSchema(failoverSchema, { io: 'output' })
}
