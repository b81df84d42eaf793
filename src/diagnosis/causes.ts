import type { Relations } from '../facts/relations.js'
import { type Certainty, type Confidence, possible } from '../rules/certainty.js'
import type { Severity, Subject } from '../rules/define.js'
import type { Finding } from '../rules/engine.js'
import { nodeOf, subjectText } from '../rules/subject.js'
import { isSix } from '../rules/wire/evidence.js'

/** A finding that explains a symptom, with what the evidence in hand makes of it. */
export interface Cause extends Confidence {
  readonly finding: Finding
}

export interface Symptom {
  readonly finding: Finding
  /** Most certain first. Empty: nothing in hand explains it. */
  readonly causes: readonly Cause[]
}

export interface Diagnosis {
  readonly symptoms: readonly Symptom[]
  /** Errors and warnings off the wire that explain no symptom seen: wrong all the same. */
  readonly unattached: readonly Finding[]
}

const CERTAINTY: Record<Certainty, number> = { certain: 0, likely: 1, possible: 2 }
const SEVERITY: Record<Severity, number> = { error: 0, warning: 1, info: 2 }
/** One fix for the whole cluster comes before the same fix node by node. */
const BREADTH: Record<Subject['kind'], number> = {
  cluster: 0,
  segment: 0,
  service: 1,
  ip: 2,
  node: 3,
  mac: 4,
  interface: 5,
}

/** Joins what was seen on the wire with what explains it. Information alone neither is a symptom nor explains one. */
export function diagnose(findings: readonly Finding[], relations: Relations): Diagnosis {
  const weighty = findings.filter(({ severity }) => severity !== 'info')
  const [seen, others] = [weighty.filter(({ symptom }) => symptom), weighty.filter(({ symptom }) => !symptom)]
  const symptoms = askedFirst(seen, relations).map((finding) => ({
    finding,
    causes: causesOf(finding, others, relations),
  }))
  const attached = new Set(symptoms.flatMap(({ causes }) => causes.map(({ finding }) => finding)))
  return { symptoms, unattached: others.filter((finding) => !attached.has(finding)) }
}

/** What is wrong with the addresses asked for comes before what else the capture shows. */
function askedFirst(symptoms: readonly Finding[], { isAsked }: Relations): readonly Finding[] {
  const rank = ({ subject }: Finding) => Number(subject.kind !== 'ip' || !isAsked(subject.ip))
  return [...symptoms].sort((a, b) => rank(a) - rank(b))
}

function causesOf(symptom: Finding, others: readonly Finding[], relations: Relations): Cause[] {
  const direct = others.filter(
    ({ explains }) => explains.includes(symptom.rule) || explains.includes(symptom.like ?? ''),
  )
  const causes = direct.flatMap((finding) => {
    const confidence = weigh(symptom, finding, relations)
    return confidence === null ? [] : [{ finding, ...confidence }]
  })
  const explained = countExplained(causes)
  return causes.sort((a, b) => order(a, b, explained))
}

/** How sure it is that this finding explains this symptom; null when the evidence refutes it. */
function weigh(symptom: Finding, cause: Finding, relations: Relations): Confidence | null {
  const own = { certainty: cause.certainty, because: cause.because }
  if (symptom.subject.kind !== 'ip') return own
  const { ip } = symptom.subject
  const { subject } = cause
  if (cause.family === 4 && isSix(ip)) return null
  if (subject.kind === 'cluster' || subject.kind === 'segment') return strikes(cause, ip) ? own : null
  if (subject.kind === 'ip') return subject.ip === ip ? own : null
  if (subject.kind === 'mac') return macsOf(symptom).has(subject.mac) ? own : null
  const known =
    subject.kind === 'service' ? relations.serves(ip, subject) : nodeInvolved(symptom, ip, subject.node, relations)
  if (known === null && names(cause, ip)) return own
  if (known === null)
    return possible(`it is not known whether ${nodeOf(subject) ?? subjectText(subject)} has to do with ${ip}`)
  return known ? own : null
}

/** A finding about the whole cluster, or segment, strikes every address, unless its `vips` say which. */
function strikes(finding: Finding, ip: string): boolean {
  return !Array.isArray(finding.data['vips']) || names(finding, ip)
}

/** The finding itself says that it is about this address. */
function names({ data }: Finding, ip: string): boolean {
  const vips = data['vips']
  return Array.isArray(vips) && vips.includes(ip)
}

/** Whether a node has to do with this symptom at this address. */
function nodeInvolved({ symptom }: Finding, ip: string, node: string, relations: Relations): boolean | null {
  return symptom === 'silence' ? relations.mayAnnounce(ip, node) : relations.answers(ip, node)
}

function order(a: Cause, b: Cause, explained: ReadonlyMap<string, number>): number {
  return (
    CERTAINTY[a.certainty] - CERTAINTY[b.certainty] ||
    SEVERITY[a.finding.severity] - SEVERITY[b.finding.severity] ||
    (explained.get(a.finding.rule) ?? 0) - (explained.get(b.finding.rule) ?? 0) ||
    BREADTH[a.finding.subject.kind] - BREADTH[b.finding.subject.kind] ||
    (a.finding.rule < b.finding.rule ? -1 : a.finding.rule > b.finding.rule ? 1 : 0) ||
    (subjectText(a.finding.subject) < subjectText(b.finding.subject) ? -1 : 1)
  )
}

/** How many of the causes explain a rule in turn: a cause that another one explains comes after it, the root first. */
function countExplained(all: readonly Cause[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { finding } of all)
    for (const rule of new Set(finding.explains)) counts.set(rule, (counts.get(rule) ?? 0) + 1)
  return counts
}

function macsOf({ data }: Finding): ReadonlySet<string> {
  const macs = data['macs']
  return new Set(Array.isArray(macs) ? macs.map(String) : [])
}
