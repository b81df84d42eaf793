import type { Relations } from '../facts/relations.js'
import type { Certainty, Severity, Subject } from '../rules/define.js'
import type { Finding } from '../rules/engine.js'

/** A finding that explains a symptom, with what the evidence in hand makes of it. */
export interface Cause {
  readonly finding: Finding
  readonly certainty: Certainty
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

/** Symptoms of silence: the guilty node is one that should have answered. In all others it is one that did. */
const SILENCE = new Set(['wire/no-answer', 'wire/intermittent-answer', 'wire/broadcast-not-answered'])

/** Joins what was seen on the wire with what explains it. Information alone neither is a symptom nor explains one. */
export function diagnose(findings: readonly Finding[], relations: Relations): Diagnosis {
  const weighty = findings.filter(({ severity }) => severity !== 'info')
  const [seen, others] = [weighty.filter(isSymptom), weighty.filter((finding) => !isSymptom(finding))]
  const symptoms = seen.map((finding) => ({ finding, causes: causesOf(finding, others, relations) }))
  const attached = new Set(symptoms.flatMap(({ causes }) => causes.map(({ finding }) => finding)))
  return { symptoms, unattached: others.filter((finding) => !attached.has(finding)) }
}

function isSymptom({ rule }: Finding): boolean {
  return rule.startsWith('wire/') || rule.startsWith('storm/')
}

function causesOf(symptom: Finding, others: readonly Finding[], relations: Relations): Cause[] {
  const direct = others.filter(({ explains }) => explains.includes(symptom.rule))
  const causes = direct.flatMap((finding) => {
    const certainty = weigh(symptom, finding, relations)
    return certainty === null ? [] : [{ finding, certainty }]
  })
  return causes.sort((a, b) => order(a, b, causes))
}

/** How sure it is that this finding explains this symptom; null when the evidence refutes it. */
function weigh(symptom: Finding, cause: Finding, relations: Relations): Certainty | null {
  const ip = addressOf(symptom.subject)
  const { kind, id } = cause.subject
  if (ip === null || kind === 'segment') return cause.certainty
  if (kind === 'cluster') return strikes(cause, ip) ? cause.certainty : null
  if (kind === 'ip') return addressOf(cause.subject) === ip ? cause.certainty : null
  if (kind === 'mac') return macsOf(symptom).has(id) ? cause.certainty : null
  return judge(involved(symptom, ip, cause.subject, relations), cause.certainty)
}

/** A finding about the whole cluster strikes every address, unless its `vips` say which. */
function strikes({ data }: Finding, ip: string): boolean {
  const vips = data['vips']
  return !Array.isArray(vips) || vips.includes(ip)
}

/** Whether the node or Service of a cause has to do with this symptom at this address. */
function involved({ rule }: Finding, ip: string, { kind, id }: Subject, relations: Relations): boolean | null {
  if (kind === 'service') return relations.serves(ip, id)
  return SILENCE.has(rule) ? relations.mayAnnounce(ip, nodeOf(id)) : relations.answers(ip, nodeOf(id))
}

/** What nobody knows makes a cause possible; what is known not to be so refutes it. */
function judge(involved: boolean | null, certainty: Certainty): Certainty | null {
  if (involved === null) return 'possible'
  return involved ? certainty : null
}

function order(a: Cause, b: Cause, all: readonly Cause[]): number {
  return (
    CERTAINTY[a.certainty] - CERTAINTY[b.certainty] ||
    SEVERITY[a.finding.severity] - SEVERITY[b.finding.severity] ||
    explainedBy(a, all) - explainedBy(b, all) ||
    BREADTH[a.finding.subject.kind] - BREADTH[b.finding.subject.kind] ||
    (a.finding.rule < b.finding.rule ? -1 : a.finding.rule > b.finding.rule ? 1 : 0) ||
    (a.finding.subject.id < b.finding.subject.id ? -1 : 1)
  )
}

/** A cause that another cause explains in turn comes after it: the root first. */
function explainedBy({ finding }: Cause, all: readonly Cause[]): number {
  return all.filter((other) => other.finding.explains.includes(finding.rule)).length
}

/** The address of a subject such as `10.0.0.240` or `10.0.0.240 (VLAN 100)`. */
function addressOf({ kind, id }: Subject): string | null {
  return kind === 'ip' ? (id.split(' ')[0] ?? id) : null
}

/** `node-a` of `node-a/eth0`. */
function nodeOf(id: string): string {
  return id.split('/')[0] ?? id
}

function macsOf({ data }: Finding): ReadonlySet<string> {
  const macs = data['macs']
  return new Set(Array.isArray(macs) ? macs.map(String) : [])
}
