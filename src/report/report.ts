import { z } from 'zod'
import { SEVERITIES } from './severities.js'

/** The report's JSON contract (design.md §6): field names are fixed, more may be added. Every reporter takes this value. */

const iso = z.iso.datetime({ offset: true })
const count = z.number().int().nonnegative()

export const subjectSchema = z.object({
  kind: z.enum(['ip', 'mac', 'node', 'interface', 'service', 'cluster', 'segment']),
  id: z.string(),
})

export const evidenceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('frame'), frame: count, at: iso, summary: z.string() }),
  z.object({ kind: z.literal('object'), object: z.string(), path: z.string(), value: z.string() }),
  z.object({ kind: z.literal('command'), host: z.string(), command: z.string(), output: z.string() }),
  z.object({ kind: z.literal('measure'), name: z.string(), value: z.string() }),
])

export const fixSchema = z.object({
  summary: z.string(),
  risk: z.enum(['none', 'disruptive']),
  where: z.enum(['workstation', 'node', 'cluster', 'switch']),
  node: z.string().optional(),
  steps: z.array(
    z.object({ kind: z.enum(['runtime', 'persistent', 'manual']), text: z.string(), run: z.string().optional() }),
  ),
  sideEffects: z.array(z.string()).optional(),
  verify: z.string(),
  undo: z.string(),
})

export const findingSchema = z.object({
  rule: z.string(),
  title: z.string(),
  severity: z.enum(SEVERITIES),
  certainty: z.enum(['certain', 'likely', 'possible']),
  subject: subjectSchema,
  message: z.string(),
  data: z.record(z.string(), z.json()),
  evidence: z.array(evidenceSchema),
  fixes: z.array(fixSchema),
  explains: z.array(z.string()),
  fingerprint: z.string(),
  docs: z.string(),
})

export const gapSchema = z.object({ subject: z.string(), reason: z.string(), hint: z.string() })

export const claimSchema = z.object({
  mac: z.string(),
  requests: count,
  replies: count,
  gratuitous: count,
  firstSeen: iso,
  lastSeen: iso,
  /** Rounds (broadcasts and broadcast probes) this MAC answered. */
  rounds: count,
  medianMs: z.number().nullable(),
  firstMs: z.number().nullable(),
  /** Rounds in which it answered before any other. */
  firstAnswers: count,
  class: z.enum(['owner', 'proxy-arp', 'unknown']),
  /** What is known of the MAC by its form alone: `VRRP virtual router 51`, `HSRP group 3` …; null for an ordinary one. */
  virtual: z.string().nullable(),
  vendor: z.string().nullable(),
  node: z.string().nullable(),
  interface: z.string().nullable(),
  via: z.enum(['node-audit', 'arp-of-node-ip', 'operator']).nullable(),
  expected: z.boolean().nullable(),
})

export const addressSchema = z.object({
  ip: z.string(),
  vlans: z.array(count),
  rounds: count,
  answeredRounds: count,
  service: z.string().nullable(),
  expected: z.object({ node: z.string().nullable(), from: z.string() }).nullable(),
  claims: z.array(claimSchema),
  /** One entry a round: when it was asked (ms from the first), and who answered after how long. */
  timeline: z.array(
    z.object({
      atMs: z.number(),
      mode: z.enum(['broadcast', 'unicast', 'probe']),
      /** The one machine that was asked; null when all were. */
      to: z.string().nullable(),
      answers: z.array(z.object({ mac: z.string(), afterMs: z.number() })),
    }),
  ),
  /** Upper bound (95 %) on the share of rounds a responder could have stayed unseen in: 3/n; null without rounds. */
  missedResponderBound: z.number().nullable(),
})

export const captureSchema = z.object({
  linkTypes: z.array(z.string()),
  frames: count,
  arp: count,
  requests: count,
  replies: count,
  gratuitous: count,
  probes: count,
  decodeFailures: z.record(z.string(), count),
  truncatedFile: z.boolean(),
  dropped: count.nullable(),
  clock: z.enum(['kernel', 'userspace']),
  promiscuityChanged: z.boolean().nullable(),
  peakArpPerSecond: count,
  durationSeconds: z.number().nonnegative(),
})

export const nodeSchema = z.looseObject({ name: z.string(), reached: z.boolean(), kernel: z.string().nullable() })

/** Symptoms with the findings that explain them, by fingerprint; most certain cause first. */
export const diagnosisSchema = z.object({
  symptoms: z.array(
    z.object({
      fingerprint: z.string(),
      causes: z.array(z.object({ fingerprint: z.string(), certainty: z.enum(['certain', 'likely', 'possible']) })),
    }),
  ),
  /** Errors and warnings that explain no symptom seen: wrong all the same. */
  unattached: z.array(z.string()),
})

/** One line of a check file, held against what was found. */
export const expectationSchema = z.object({
  /** Stable over runs: `10.0.0.240/responders`. */
  id: z.string(),
  title: z.string(),
  /** `unknown`: what it needs could not be looked at. */
  status: z.enum(['held', 'failed', 'unknown']),
  message: z.string(),
  /** Fingerprints of the findings that bear on it. */
  findings: z.array(z.string()),
})

export const reportSchema = z.object({
  schemaVersion: z.literal(1),
  tool: z.object({ name: z.literal('l2doctor'), version: z.string() }),
  run: z.object({
    command: z.string(),
    startedAt: iso,
    endedAt: iso,
    source: z
      .object({
        kind: z.enum(['file', 'live', 'stdin', 'ssh']),
        name: z.string(),
        engine: z.enum(['cap', 'tcpdump', 'file']),
      })
      .nullable(),
    interrupted: z.boolean(),
  }),
  verdict: z.enum(['healthy', 'findings', 'inconclusive']),
  capture: captureSchema.nullable(),
  addresses: z.array(addressSchema),
  nodes: z.array(nodeSchema),
  findings: z.array(findingSchema),
  /** Only `diagnose` and `check` join symptom and cause; null elsewhere. */
  diagnosis: diagnosisSchema.nullable(),
  /** Only `check` has expectations; empty elsewhere. */
  expectations: z.array(expectationSchema),
  skipped: z.array(z.object({ rule: z.string(), because: z.string() })),
  gaps: z.array(gapSchema),
  suppressed: z.array(findingSchema.extend({ suppressedBy: z.string() })),
  /** Ids of the rules that ran; a rule may be skipped for one subject only, and is then in both lists. */
  rulesRun: z.array(z.string()),
})

export type Report = z.infer<typeof reportSchema>
export type ReportedFinding = z.infer<typeof findingSchema>
export type ReportedAddress = z.infer<typeof addressSchema>
export type ReportedClaim = z.infer<typeof claimSchema>
export type ReportedCapture = z.infer<typeof captureSchema>
export type ReportedDiagnosis = z.infer<typeof diagnosisSchema>
export type ReportedExpectation = z.infer<typeof expectationSchema>
export type ReportedNode = z.infer<typeof nodeSchema>

/** The published JSON Schema (docs/report.schema.json is generated from here). */
export function reportJsonSchema(): object {
  return z.toJSONSchema(reportSchema, { io: 'output' })
}
