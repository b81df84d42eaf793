import type { FactTable } from '../../facts/facts.js'
import type { Question } from '../../facts/question.js'
import type { VantageFacts, VantageKind } from '../../facts/vantages/model.js'
import { type Gap, known } from '../../known.js'
import type { AddressFacts, WireFacts } from '../../observe/model.js'
import { comparesPlaces } from '../../rules/area.js'
import type { Rule } from '../../rules/define.js'
import { type Finding, judge } from '../../rules/engine.js'
import { subjectText } from '../../rules/subject.js'
import { counted, listed } from '../../rules/wire/evidence.js'
import { sh } from '../../shell.js'
import { formatIp, type Ip } from '../../wire/ip.js'
import { formatMac } from '../../wire/mac.js'

/**
 * Each address is judged as one place saw it (facts/vantages/merge.ts). A fault that another place alone shows must not be lost: the
 * same rules judge what the others saw. An error that nothing reports so far is a finding of that place, with the frames of its capture;
 * what else the rules would report keeps the address from being healthy.
 */

/** What the rules may know to judge one place alone. */
const OF_ONE_PLACE: ReadonlySet<string> = new Set(['wire', 'question', 'expected', 'attribution'])

/** A place that could be looked from, with the addresses for which another place was chosen. */
interface Other {
  readonly place: VantageFacts
  readonly wire: WireFacts
}

interface OtherViews {
  readonly findings: readonly Finding[]
  readonly gaps: readonly Gap[]
}

export function otherViews(rules: readonly Rule[], facts: FactTable, findings: readonly Finding[]): OtherViews {
  const { vantages, question, wire } = facts
  const found: Finding[] = []
  if (!vantages?.known || !question?.known || !wire?.known) return { findings: found, gaps: [] }
  const ofOne = rules.filter(({ needs }) => needs.includes('wire') && needs.every((name) => OF_ONE_PLACE.has(name)))
  const judged = wire.value.addresses
  const gaps = vantages.value.flatMap((place) => {
    const other = otherView(place, judged)
    if (other === null) return []
    const faults = faultsAt(other, ofOne, facts, question.value, [...findings, ...found])
    const errors = faults.filter(
      ({ severity, subject }) => severity === 'error' && !isCompared(subjectText(subject), findings),
    )
    found.push(...errors.map((fault) => seenAt(place, fault)))
    const told = new Set(errors.map(({ subject }) => subjectText(subject)))
    const seen = new Map<string, string[]>()
    for (const { id, what } of [
      ...faults.map(({ subject, message }) => ({ id: subjectText(subject), what: message })),
      ...newClaims(other, judged, question.value.vips),
      ...silence(other, vantages.value, question.value.vips),
    ])
      if (!told.has(id) && !isCompared(id, findings)) seen.set(id, [...(seen.get(id) ?? []), what])
    return [...seen].map(([ip, what]) => gapOf(place, ip, [...new Set(what)]))
  })
  return { findings: found, gaps }
}

/** Its frames and times are those of that place. */
function seenAt({ name, kind }: VantageFacts, fault: Finding): Finding {
  const at = kind === 'local' ? 'this machine' : name
  const whose = { kind: 'measure' as const, name: 'place', value: `${at}: frames and times are of its capture` }
  return { ...fault, message: `at ${at}: ${fault.message}`, evidence: [whose, ...fault.evidence] }
}

function otherView(place: VantageFacts, judged: readonly AddressFacts[]): Other | null {
  if (!place.wire.known) return null
  const { value } = place.wire
  const chosen = new Set(judged)
  const addresses = value.addresses.filter((address) => !chosen.has(address))
  return addresses.length === 0 ? null : { place, wire: { ...value, addresses } }
}

/** The comparison of places says by itself what differs. */
function isCompared(ip: string, findings: readonly Finding[]): boolean {
  return findings.some(({ rule, subject }) => comparesPlaces(rule) && subjectText(subject) === ip)
}

interface Unreported {
  readonly id: string
  readonly what: string
}

function faultsAt(
  { place, wire }: Other,
  rules: readonly Rule[],
  { expected, attribution }: FactTable,
  question: Question,
  findings: readonly Finding[],
): Finding[] {
  const { findings: found } = judge(rules, {
    wire: known(wire, place.name),
    question: known({ ...question, own: place.own, probed: place.probed }, 'command line'),
    ...(expected ? { expected } : {}),
    ...(attribution ? { attribution } : {}),
  })
  const reported = new Set(findings.map(({ fingerprint }) => fingerprint))
  const asked = new Set(question.vips.map(formatIp))
  return found
    .filter(({ severity, fingerprint }) => severity !== 'info' && !reported.has(fingerprint))
    .filter(({ subject }) => subject.kind === 'ip' && (asked.size === 0 || asked.has(subject.ip)))
}

/** Machines that claim an address there, and nowhere that was judged. */
function newClaims({ place, wire }: Other, judged: readonly AddressFacts[], vips: readonly Ip[]): Unreported[] {
  return vips.flatMap((ip) => {
    const of = (addresses: readonly AddressFacts[]) =>
      addresses.filter((address) => address.ip === ip).flatMap(({ claims }) => claims.map(({ mac }) => mac))
    const before = new Set([...of(judged), ...place.own.macs])
    const macs = [...new Set(of(wire.addresses))].filter((mac) => !before.has(mac))
    if (macs.length === 0) return []
    const names = macs.map(formatMac)
    return [{ id: formatIp(ip), what: `${listed(names)} ${macs.length === 1 ? 'claims' : 'claim'} it there` }]
  })
}

/**
 * In a file nothing says whose place it was. Who was seen to be answered at another place may have the answers there, past this one;
 * of all others nothing says that anybody answers them.
 */
function silence({ place, wire }: Other, places: readonly VantageFacts[], vips: readonly Ip[]): Unreported[] {
  if (place.own.macs.length > 0) return []
  return vips.flatMap((ip) => {
    const here = exchangesOf(wire, ip)
    if (here.some(isAnswered)) return []
    const all = places.flatMap((one) => (one.wire.known ? exchangesOf(one.wire.value, ip) : []))
    const served = new Set(all.filter(isAnswered).map(({ asker }) => asker))
    const lost = here.filter(({ asker, mode }) => mode !== 'probe' && !served.has(asker))
    if (lost.length === 0) return []
    const askers = [...new Set(lost.map(({ asker }) => formatMac(asker)))]
    return [{ id: formatIp(ip), what: `${counted(lost.length, 'request')} of ${listed(askers)} and no answer` }]
  })
}

function isAnswered({ answers }: AddressFacts['exchanges'][number]): boolean {
  return answers.length > 0
}

function exchangesOf({ addresses }: WireFacts, ip: Ip): AddressFacts['exchanges'] {
  return addresses.filter((address) => address.ip === ip).flatMap(({ exchanges }) => exchanges)
}

function gapOf({ name, kind, file }: VantageFacts, ip: string, what: readonly string[]): Gap {
  const at = kind === 'local' ? 'this machine' : name
  return {
    subject: ip,
    reason: `another place was judged, and ${at} saw what that one did not: ${what.join('; ')}`,
    hint: `judge ${at} alone: l2doctor scan --vip ${ip} ${FLAG[kind](name, file ?? 'FILE')}`,
  }
}

const FLAG: Record<VantageKind, (name: string, file: string) => string> = {
  local: () => '--at local',
  ssh: (name) => sh`--at ${`ssh:${name}`}`,
  pod: (name) => sh`--at ${`pod:${name}`} --vantage-image IMAGE`,
  file: (name, file) => sh`--at ${`file:${name}=${file}`}`,
}
