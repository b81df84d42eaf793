import type { Relations } from '../facts/relations.js'
import { type Certainty, type Confidence, possible } from '../rules/certainty.js'
import type { Severity, Subject } from '../rules/define.js'
import type { Finding } from '../rules/engine.js'

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

/** Rooms whose rules are about ARP, or about the IPv4 side of a host: they explain nothing about an IPv6 address. */
const ABOUT_IPV4 =
  /^(?:sysctl|neighbour|firewall|answers|kube-proxy)\/|^(?:bond\/balance-alb|bridge\/(?:port-proxy-arp|flood-off))$/

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
  const rank = ({ subject }: Finding) => Number(!isAsked(addressOf(subject) ?? ''))
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
  const ip = addressOf(symptom.subject)
  const { kind, id } = cause.subject
  if (ip === null) return own
  if (ip.includes(':') && ABOUT_IPV4.test(cause.rule)) return null
  if (kind === 'cluster' || kind === 'segment') return strikes(cause, ip) ? own : null
  if (kind === 'ip') return addressOf(cause.subject) === ip ? own : null
  if (kind === 'mac') return macsOf(symptom).has(id) ? own : null
  return judge(involved(symptom, ip, cause.subject, relations), own, cause.subject, ip)
}

/** A finding about the whole cluster, or segment, strikes every address, unless its `vips` say which. */
function strikes({ data }: Finding, ip: string): boolean {
  const vips = data['vips']
  return !Array.isArray(vips) || vips.includes(ip)
}

/** Whether the node or Service of a cause has to do with this symptom at this address. */
function involved({ symptom }: Finding, ip: string, { kind, id }: Subject, relations: Relations): boolean | null {
  if (kind === 'service') return relations.serves(ip, id)
  return symptom === 'silence' ? relations.mayAnnounce(ip, nodeOf(id)) : relations.answers(ip, nodeOf(id))
}

/** What nobody knows makes a cause possible; what is known not to be so refutes it. */
function judge(involved: boolean | null, own: Confidence, { id }: Subject, ip: string): Confidence | null {
  if (involved === null) return possible(`it is not known whether ${nodeOf(id)} has to do with ${ip}`)
  return involved ? own : null
}

function order(a: Cause, b: Cause, explained: ReadonlyMap<string, number>): number {
  return (
    CERTAINTY[a.certainty] - CERTAINTY[b.certainty] ||
    SEVERITY[a.finding.severity] - SEVERITY[b.finding.severity] ||
    (explained.get(a.finding.rule) ?? 0) - (explained.get(b.finding.rule) ?? 0) ||
    BREADTH[a.finding.subject.kind] - BREADTH[b.finding.subject.kind] ||
    (a.finding.rule < b.finding.rule ? -1 : a.finding.rule > b.finding.rule ? 1 : 0) ||
    (a.finding.subject.id < b.finding.subject.id ? -1 : 1)
  )
}

/** How many of the causes explain a rule in turn: a cause that another one explains comes after it, the root first. */
function countExplained(all: readonly Cause[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { finding } of all)
    for (const rule of new Set(finding.explains)) counts.set(rule, (counts.get(rule) ?? 0) + 1)
  return counts
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
