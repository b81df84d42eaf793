import { subjectText } from '../../../rules/subject.js'
import type { Report, ReportedAddress } from '../../report.js'
import { addressLabel, bySeverity, missedWords, plural, requestWords } from '../../wording.js'
import { hang, type Style } from './style.js'

/** So many addresses are shown with table and timeline; a sweep's others are counted. */
const DETAILED = 4
/** So many runs of addresses are named in a summary line. */
const NAMED = 8

/** An address worth a table, and others for which the same machines answer alike. */
export interface Detailed {
  readonly address: ReportedAddress
  readonly same: readonly ReportedAddress[]
}

/** Parts a long list of addresses into the few worth a table and one summary line per kind of the rest. */
export function collapse(report: Report, style: Style): { detailed: readonly Detailed[]; summary: string[] } {
  const { addresses, findings } = report
  if (style.verbose) return { detailed: addresses.map((address) => ({ address, same: [] })), summary: [] }
  if (addresses.length <= DETAILED) return { detailed: grouped(addresses), summary: [] }
  const accused = [
    ...new Set(bySeverity(findings).flatMap((one) => (one.severity === 'info' ? [] : subjectText(one.subject)))),
  ]
  const rank = new Map(accused.map((id, at) => [id, at]))
  const rankOf = (address: ReportedAddress) => rank.get(addressLabel(address)) ?? accused.length
  const worth = addresses.filter(
    (address) => address.claims.length > 1 || (rank.has(addressLabel(address)) && address.claims.length > 0),
  )
  const detailed = grouped([...worth].sort((a, b) => rankOf(a) - rankOf(b))).slice(0, DETAILED)
  const told = new Set(detailed.flatMap(({ address, same }) => [address, ...same]))
  const rest = addresses.filter((address) => !told.has(address))
  return { detailed, summary: kinds(rest, report).flatMap((kind) => summaryLine(kind, style)) }
}

function grouped(addresses: readonly ReportedAddress[]): Detailed[] {
  const groups = new Map<string, ReportedAddress[]>()
  for (const address of addresses) {
    const key = likeness(address)
    groups.set(key, [...(groups.get(key) ?? []), address])
  }
  return [...groups.values()].map(([address, ...same]) => ({ address: address as ReportedAddress, same }))
}

/** Who answers, whether always, and who should. How far one machine alone can be trusted hangs on the number of rounds. */
function likeness({ ip, claims, expected, verdict, rounds, answeredRounds, vlans }: ReportedAddress): string {
  if (claims.length === 0) return ip
  const machines = claims.map((claim) => [claim.mac, claim.class, claim.expected, claim.rounds === rounds])
  const counts = claims.length === 1 ? [rounds, answeredRounds] : []
  return JSON.stringify([machines.map((one) => one.join()).sort(), expected, verdict, rounds > 0, vlans, counts])
}

interface Kind {
  readonly words: string
  readonly addresses: readonly ReportedAddress[]
}

function kinds(addresses: readonly ReportedAddress[], { truths }: Report): Kind[] {
  const several = addresses.filter(({ claims }) => claims.length > 1)
  const one = addresses.filter(({ claims }) => claims.length === 1)
  const none = addresses.filter(({ claims }) => claims.length === 0)
  const unjudged = none.filter(({ verdict }) => verdict === 'inconclusive')
  const judged = none.filter(({ verdict }) => verdict !== 'inconclusive')
  const [asked, unasked] = [true, false].map((was) => judged.filter((one) => (requestWords(one) !== null) === was))
  return [
    { words: 'with several answerers', addresses: several },
    { words: `with one answerer${trust(one)}`, addresses: one },
    {
      words: truths.wire.asked ? 'with no answer' : 'that a node should answer for',
      addresses: truths.wire.asked ? (asked ?? []) : judged,
    },
    { words: 'with no request seen', addresses: truths.wire.asked ? (unasked ?? []) : [] },
    { words: 'not judged', addresses: unjudged },
  ].filter((kind) => kind.addresses.length > 0)
}

/** The weakest bound among them. */
function trust(addresses: readonly ReportedAddress[]): string {
  const bound = Math.max(...addresses.map(({ missedResponderBound }) => missedResponderBound ?? 1))
  return bound < 1 ? ` (${missedWords(bound)})` : ''
}

function summaryLine({ words, addresses }: Kind, style: Style): string[] {
  const text = `${plural(addresses.length, 'address', 'addresses')} ${words}`
  return hang(style, '', 2, `${text}: ${runsOf(addresses)}`)
}

/** `a, b, c and 12 more`. */
export function names(all: readonly string[]): string {
  const left = all.length - NAMED
  return left > 0 ? `${all.slice(0, NAMED).join(', ')} and ${left} more` : all.join(', ')
}

/** The addresses, neighbours as runs, the first of them by name. */
export function runsOf(addresses: readonly ReportedAddress[]): string {
  return names(runs(addresses.map(addressLabel)))
}

/** Neighbours in the last octet become one run: `10.0.0.1-10.0.0.9`. */
function runs(labels: readonly string[]): string[] {
  const out: { first: string; last: string }[] = []
  for (const label of labels) {
    const open = out.at(-1)
    if (open && follows(open.last, label)) open.last = label
    else out.push({ first: label, last: label })
  }
  return out.map(({ first, last }) => (first === last ? first : `${first}-${last}`))
}

function follows(before: string, after: string): boolean {
  const cut = (label: string) => label.lastIndexOf('.') + 1
  const [a, b] = [cut(before), cut(after)]
  return before.slice(0, a) === after.slice(0, b) && Number(before.slice(a)) + 1 === Number(after.slice(b))
}
