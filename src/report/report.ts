import { z } from 'zod'
import { ENTRY_KINDS, NEIGHBOUR_FORMATS } from '../neighbours/model.js'
import { CERTAINTIES } from '../rules/certainty.js'
import type { SubjectText } from '../rules/subject.js'
import { SEVERITIES } from './severities.js'

/** The report's JSON contract (design.md §6): field names are fixed, more may be added. Every reporter takes this value. */

const iso = z.iso.datetime({ offset: true })
const count = z.number().int().nonnegative()

/** A string in JSON; here only `subjectText` reads it. */
const id = z.string() as unknown as z.ZodType<SubjectText>

const vlans: z.ZodType<readonly number[]> = z.array(count)

/** `id` is for people; its parts stand beside it. */
const subjectSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ip'), id, ip: z.string(), vlans }),
  z.object({ kind: z.literal('mac'), id, mac: z.string() }),
  z.object({ kind: z.literal('node'), id, node: z.string() }),
  z.object({ kind: z.literal('interface'), id, node: z.string(), interface: z.string() }),
  z.object({ kind: z.literal('service'), id, namespace: z.string(), name: z.string() }),
  z.object({
    kind: z.literal('cluster'),
    id,
    object: z.object({ kind: z.string(), namespace: z.string(), name: z.string() }).nullable(),
  }),
  z.object({ kind: z.literal('segment'), id }),
])

const evidenceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('frame'), frame: count, at: iso, summary: z.string() }),
  z.object({ kind: z.literal('object'), object: z.string(), path: z.string(), value: z.string() }),
  z.object({ kind: z.literal('command'), host: z.string(), command: z.string(), output: z.string() }),
  z.object({ kind: z.literal('measure'), name: z.string(), value: z.string() }),
])

const fixSchema = z.object({
  summary: z.string(),
  risk: z.enum(['none', 'disruptive']),
  where: z.enum(['workstation', 'node', 'cluster', 'switch']),
  node: z.string().optional(),
  steps: z.array(
    z.object({
      /** `manual` is no longer written: a step says what it does. */
      kind: z.enum(['look', 'runtime', 'persistent', 'restart', 'manual']),
      text: z.string(),
      run: z.string().optional(),
      /** Where `run` is typed, and on which host. */
      where: z.enum(['workstation', 'node', 'cluster', 'switch']).optional(),
      node: z.string().optional(),
      /** What it changes, where that is known exactly: `{kind: "sysctl", key, value}` … */
      change: z.looseObject({ kind: z.string() }).optional(),
    }),
  ),
  sideEffects: z.array(z.string()).optional(),
  verify: z.string(),
  undo: z.string(),
  /** What came of trying it on the hosts that were read: who answers after a step, or why it could not be tried. */
  trial: z
    .union([
      z.object({ tried: z.literal(true), after: z.array(z.object({ step: count, says: z.string() })) }),
      z.object({ tried: z.literal(false), because: z.string() }),
    ])
    .optional(),
})

const certainty = z.enum(CERTAINTIES)

const checkSchema = z.object({
  host: z.string(),
  interface: z.string(),
  outcome: z.enum(['passes', 'stops', 'answers', 'doubt']),
  text: z.string(),
  setting: z.string(),
  value: z.string(),
  from: z.string(),
})

const findingSchema = z.object({
  rule: z.string(),
  title: z.string(),
  severity: z.enum(SEVERITIES),
  certainty,
  /** What settles the certainty, or what the evidence leaves open. */
  because: z.string(),
  subject: subjectSchema,
  message: z.string(),
  data: z.record(z.string(), z.json()),
  evidence: z.array(evidenceSchema),
  fixes: z.array(fixSchema),
  /** How each host comes to answer, or not, check by check; absent where none was followed. */
  checks: z.array(checkSchema).optional(),
  /** Former rule ids that this finding is all about, by which `--ignore` and check files still accept it. */
  formerly: z.array(z.string()).optional(),
  explains: z.array(z.string()),
  family: z
    .literal(4)
    .optional()
    .describe('it explains nothing about an IPv6 address; absent: it is about both families'),
  symptom: z.enum(['silence', 'claim']).optional().describe('what clients suffer; absent for what is no symptom'),
  like: z.string().optional().describe('a symptom rule: what explains that one explains this one too'),
  fingerprint: z.string(),
  docs: z.string(),
})

const gapSchema = z.object({
  subject: z.string(),
  reason: z.string(),
  hint: z.string(),
  /** Without it the verdict could be another: it is then never `healthy`. */
  decisive: z.boolean(),
})

/** Whether one of the three places was asked, how much of it was read, and why not all of it. */
const truthSchema = z.object({
  asked: z.boolean(),
  read: z.enum(['whole', 'partly', 'no']),
  because: z.string().nullable(),
})

const verdictSchema = z.enum(['healthy', 'findings', 'inconclusive'])

const claimSchema = z.object({
  mac: z.string(),
  requests: count,
  replies: count,
  gratuitous: count,
  /** Of an IPv6 address: neighbour advertisements in which this MAC claims it. */
  advertisements: count,
  firstSeen: iso,
  lastSeen: iso,
  /** Rounds (broadcasts and broadcast probes) this MAC answered. */
  rounds: count,
  medianMs: z.number().nullable(),
  firstMs: z.number().nullable(),
  /** Rounds in which it answered before any other. */
  firstAnswers: count,
  class: z.enum(['owner', 'proxy-arp', 'proxy-ndp', 'unknown']),
  /** What is known of the MAC by its form alone: `VRRP virtual router 51`, `HSRP group 3` …; null for an ordinary one. */
  virtual: z.string().nullable(),
  vendor: z.string().nullable(),
  node: z.string().nullable(),
  interface: z.string().nullable(),
  via: z.enum(['node-audit', 'arp-of-node-ip', 'operator']).nullable(),
  expected: z.boolean().nullable(),
})

const addressSchema = z.object({
  ip: z.string(),
  vlans: z.array(count),
  /** Part of the question; false: noticed beside it. */
  asked: z.boolean().default(false),
  rounds: count,
  answeredRounds: count,
  /** All of `services` in one text; null where it is none's. */
  service: z.string().nullable(),
  /** `namespace/name` of each Service that has it. */
  services: z.array(z.string()),
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
  /** What the neighbour table of the machine that asked said of the address before it asked; null: nothing, or not read. */
  ownEntry: z
    .object({ interface: z.string(), mac: z.string(), states: z.array(z.string()) })
    .nullable()
    .default(null),
  /** Upper bound (95 %) on the share of rounds a responder could have stayed unseen in: 3/n; null without rounds. */
  missedResponderBound: z.number().nullable(),
  verdict: verdictSchema,
  /** Why it is `inconclusive`; null otherwise. */
  because: z.string().nullable(),
})

/** A virtual router as its adverts show it. */
const virtualRouterSchema = z.object({
  protocol: z.enum(['vrrp', 'carp']),
  family: z.union([z.literal(4), z.literal(6)]),
  vlans: z.array(count),
  vrid: count,
  /** The source address of the machine that advertised last; null when it resigned. */
  master: z.string().nullable(),
  changes: count,
  masters: z.array(
    z.object({
      ip: z.string(),
      /** Ethernet sources of its adverts. */
      macs: z.array(z.string()),
      adverts: count,
      /** Adverts of priority 0. */
      resigned: count,
      firstSeen: iso,
      lastSeen: iso,
      /** What it said last; null: nothing but that it resigns. */
      version: count.nullable(),
      priority: count.nullable(),
      intervalMs: count.nullable(),
      authentication: z.string().nullable(),
      addresses: z.array(z.string()),
      unicast: z.boolean(),
    }),
  ),
})

const captureSchema = z.object({
  linkTypes: z.array(z.string()),
  frames: count,
  /** Of the frames, those that a mirror port or another interface shows once more: counted nowhere else. */
  copies: count.default(0),
  arp: count,
  requests: count,
  replies: count,
  gratuitous: count,
  probes: count,
  /** Messages of IPv6 neighbour discovery; `dad`: solicitations from ::, `unsolicited`: advertisements that none asked for. */
  nd: z.object({
    routerSolicitations: count,
    routerAdvertisements: count,
    neighborSolicitations: count,
    neighborAdvertisements: count,
    redirects: count,
    dad: count,
    unsolicited: count,
  }),
  decodeFailures: z.record(z.string(), count),
  truncatedFile: z.boolean(),
  dropped: count.nullable(),
  clock: z.enum(['kernel', 'userspace']),
  promiscuityChanged: z.boolean().nullable(),
  peakArpPerSecond: count,
  durationSeconds: z.number().nonnegative(),
  /** Frames that may show who answers for an address, but that no rule judges: `ARP in VXLAN`, `ARP cut off` … */
  notJudged: z.array(z.object({ what: z.string(), frames: count })),
  /** Multicast listener discovery (MLD): general queries, and reports. */
  mld: z.object({ queries: count, reports: count }).optional(),
  /** Adverts of VRRP and CARP. */
  vrrp: z
    .object({
      adverts: count,
      failures: z.record(z.string(), count),
      routers: z.array(virtualRouterSchema),
    })
    .optional(),
})

const sourceSchema = z.object({
  kind: z.enum(['file', 'live', 'stdin', 'ssh', 'pod']),
  name: z.string(),
  engine: z.enum(['cap', 'tcpdump', 'socket', 'file']),
})

/** A place that was named to look from, and what it saw of the addresses asked for. */
const vantageSchema = z.object({
  name: z.string(),
  kind: z.enum(['local', 'ssh', 'pod', 'file']),
  /** Null where it could not be looked from. */
  source: sourceSchema.nullable(),
  read: z.enum(['whole', 'partly', 'no']),
  because: z.string().nullable(),
  capture: captureSchema.nullable(),
  addresses: z.array(
    z.object({
      ip: z.string(),
      /** `holds`: the place has or announces the address itself; `unasked`: it sent no request and heard no answer. */
      state: z.enum(['answered', 'silent', 'holds', 'unasked', 'unread']),
      /** Broadcasts of its own, and how many of them were answered. */
      asked: count,
      answered: count,
      machines: z.array(z.object({ mac: z.string(), answered: count, node: z.string().nullable() })),
    }),
  ),
})

/** The table of a router or switch that was given, and what it says of the addresses. */
const neighboursSchema = z.object({
  name: z.string(),
  /** Whose output it is; null where that is not known. */
  format: z.enum(NEIGHBOUR_FORMATS).nullable(),
  read: z.enum(['whole', 'partly', 'no']),
  because: z.string().nullable(),
  /** How many entries it has of addresses, and of MACs at ports. */
  entries: count,
  ports: count,
  addresses: z.array(
    z.object({
      ip: z.string(),
      /** Null: the device asked, and nobody answered it. */
      mac: z.string().nullable(),
      node: z.string().nullable(),
      kind: z.enum(ENTRY_KINDS),
      interface: z.string().nullable(),
      /** Its routing table, where the table or the command above it names one that is not the default. */
      vrf: z.string().nullable(),
      port: z.string().nullable(),
      vlan: z.number().int().nullable(),
      /** At least. */
      ageSeconds: count.nullable(),
      expiresSeconds: count.nullable(),
      states: z.array(z.string()),
      /** Beside who answers on the wire, or else should. */
      says: z.enum(['agrees', 'stale', 'elsewhere', 'unresolved', 'unjudged']),
      because: z.string().nullable(),
    }),
  ),
  /** Where it has learnt the MACs that answer, or that its entries name. */
  machines: z.array(
    z.object({ mac: z.string(), node: z.string().nullable(), vlan: z.number().int().nullable(), port: z.string() }),
  ),
})

const nodeSchema = z.looseObject({ name: z.string(), reached: z.boolean(), kernel: z.string().nullable() })

/** Symptoms with the findings that explain them, by fingerprint; most certain cause first. */
const diagnosisSchema = z.object({
  symptoms: z.array(
    z.object({
      fingerprint: z.string(),
      causes: z.array(z.object({ fingerprint: z.string(), certainty, because: z.string() })),
    }),
  ),
  /** Errors and warnings that explain no symptom seen: wrong all the same. */
  unattached: z.array(z.string()),
})

/** One line of a check file, held against what was found. */
const expectationSchema = z.object({
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
    source: sourceSchema.nullable(),
    interrupted: z.boolean(),
  }),
  verdict: verdictSchema,
  /** Why the verdict is `inconclusive`, in one line; null otherwise. */
  headline: z.string().nullable(),
  truths: z.object({ wire: truthSchema, cluster: truthSchema, hosts: truthSchema }),
  capture: captureSchema.nullable(),
  addresses: z.array(addressSchema),
  /** The places that were named to look from; empty where none was. `capture` is that of one of them, and `addresses` are of all. */
  vantages: z.array(vantageSchema).default([]),
  /** Tables of routers and switches; empty where none was given. */
  neighbours: z.array(neighboursSchema).default([]),
  nodes: z.array(nodeSchema),
  findings: z.array(findingSchema),
  /** Only `diagnose` and `check` join symptom and cause; null elsewhere. */
  diagnosis: diagnosisSchema.nullable(),
  /** Only `check` has expectations; empty elsewhere. */
  expectations: z.array(expectationSchema),
  skipped: z.array(z.object({ rule: z.string(), because: z.string() })),
  gaps: z.array(gapSchema),
  suppressed: z.array(findingSchema.extend({ suppressedBy: z.string() })),
  /** Ids of the rules that ran; one that found something but could not judge every subject is skipped as well. */
  rulesRun: z.array(z.string()),
})

export type Report = z.infer<typeof reportSchema>
export type ReportedFinding = z.infer<typeof findingSchema>
export type Truth = z.infer<typeof truthSchema>
export type ReportedGap = z.infer<typeof gapSchema>
export type ReportedAddress = z.infer<typeof addressSchema>
export type ReportedClaim = z.infer<typeof claimSchema>
export type ReportedCapture = z.infer<typeof captureSchema>
export type ReportedDiagnosis = z.infer<typeof diagnosisSchema>
export type ReportedExpectation = z.infer<typeof expectationSchema>
export type ReportedVantage = z.infer<typeof vantageSchema>
export type ReportedNeighbours = z.infer<typeof neighboursSchema>
export type ReportedNode = z.infer<typeof nodeSchema>

/** The published JSON Schema (docs/report.schema.json is generated from here). */
export function reportJsonSchema(): object {
  return z.toJSONSchema(reportSchema, { io: 'output' })
}
