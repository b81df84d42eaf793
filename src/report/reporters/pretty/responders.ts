import { subjectText } from '../../../rules/subject.js'
import type { Report, ReportedAddress, ReportedClaim } from '../../report.js'
import { addressLabel, addressWords, bySeverity, claimNotes, makerWords, trustWords } from '../../wording.js'
import { collapse, type Detailed, runsOf } from './collapse.js'
import { hang, heading, type Mark, mark, type Style } from './style.js'
import { table } from './table.js'
import { displayWidth } from './text.js'
import { timeline, varies } from './timeline.js'

/** Terminals this wide get the vendor as a column of its own. */
const WIDE = 110
const INDENT = 2
/** Machines of one address that get a row; -v shows all. */
const SHOWN_CLAIMS = 8

/** Who answers for each address, and when; many addresses are told in summary. */
export function responders(report: Report, style: Style): string[] {
  if (report.addresses.length === 0) return []
  const { detailed, summary } = collapse(report, style)
  const title = report.truths.wire.asked ? 'Who answers' : 'Who should answer'
  const [only] = detailed
  if (only && detailed.length === 1 && summary.length === 0) return block(only, report, style, `${title} for `)
  return [heading(style, title), ...detailed.flatMap((one) => block(one, report, style)), ...summary]
}

function block({ address, same }: Detailed, report: Report, style: Style, title = ''): string[] {
  const whom = address.claims.length === 1 ? 'machine answers' : `${address.claims.length} machines answer`
  const others = same.length > 0 ? hang(style, '', INDENT, `The same ${whom} for ${runsOf(same)}.`) : []
  return [...addressBlock(address, report, style, title), ...others]
}

/** Each address has a verdict of its own: a tick stands before those that were judged. */
function verdictMark({ verdict, ...address }: ReportedAddress, findings: Report['findings']): Mark {
  if (verdict === 'healthy') return 'ok'
  if (verdict === 'inconclusive') return 'skipped'
  const label = addressLabel(address)
  const [worst] = bySeverity(findings.filter(({ subject }) => [label, address.ip].includes(subjectText(subject))))
  return worst?.severity ?? 'warning'
}

function addressBlock(address: ReportedAddress, report: Report, style: Style, title = ''): string[] {
  const kind = verdictMark(address, report.findings)
  const trust = trustWords(address)
  const lead = `${title === '' ? '  ' : ''}${mark(style, kind)}`
  const name = [addressLabel(address), ...(address.service === null ? [] : [address.service])].join(' ')
  const words =
    address.verdict === 'inconclusive' && isHeadline(address, report) ? 'not judged' : addressWords(address, report)
  return [
    ...hang(style, lead, displayWidth(lead) + 1, `${title}${name}: ${words}`, (line) =>
      title === '' ? line : line.replace(title, heading(style, title)),
    ),
    ...(address.claims.length > 0 ? responderTable(address, style) : []),
    ...(style.verbose || (report.diagnosis === null && report.addresses.length === 1 && varies(address))
      ? timeline(address, style)
      : []),
    ...(trust === null ? [] : hang(style, '', INDENT, trust)),
  ]
}

/** The first line of the report has said why. */
function isHeadline({ ip, because }: ReportedAddress, { headline, verdict }: Report): boolean {
  return verdict === 'inconclusive' && because !== null && headline === `${ip}: ${because}`
}

interface Column {
  readonly head: string
  readonly cell: (claim: ReportedClaim) => string
}

/** The table of claims: figures of the rounds where there were rounds, counts of packets where we only listened. */
function responderTable(address: ReportedAddress, style: Style): string[] {
  const wide = style.width >= WIDE && address.claims.some((claim) => makerWords(claim) !== null)
  const dash = style.signs.dash
  const columns: Column[] = [
    { head: 'MAC', cell: ({ mac }) => mac },
    ...(wide ? [{ head: 'Vendor', cell: (claim: ReportedClaim) => makerWords(claim) ?? dash }] : []),
    ...(address.rounds > 0 ? roundColumns(address, dash) : packetColumns),
  ]
  const note = (claim: ReportedClaim) => {
    const maker = wide ? null : makerWords(claim)
    return [...claimNotes(claim, address, style.verbose), ...(maker === null ? [] : [maker])].join(', ') || dash
  }
  const claims = style.verbose ? address.claims : address.claims.slice(0, SHOWN_CLAIMS)
  const left = address.claims.length - claims.length
  const rows = claims.map((claim) => [...columns.map(({ cell }) => cell(claim)), note(claim)])
  return [
    ...table(style, INDENT, [...columns.map(({ head }) => head), 'Note'], rows),
    ...(left > 0 ? hang(style, '', INDENT, `and ${left} more MACs (-v lists all)`) : []),
  ]
}

function roundColumns({ rounds }: ReportedAddress, dash: string): Column[] {
  const ms = (value: number | null) => (value === null ? dash : shortMs(value))
  return [
    { head: 'Class', cell: (claim) => claim.class },
    { head: 'Rounds', cell: (claim) => `${claim.rounds}/${rounds}` },
    { head: 'First/median', cell: ({ firstMs, medianMs }) => `${ms(firstMs)}/${ms(medianMs)} ms` },
  ]
}

/** Two digits are as much as a latency is worth. */
function shortMs(value: number): string {
  return String(value >= 100 ? Math.round(value) : Number(value.toPrecision(2)))
}

const packetColumns: readonly Column[] = [
  { head: 'Requests', cell: ({ requests }) => String(requests) },
  { head: 'Replies', cell: ({ replies }) => String(replies) },
  { head: 'Last seen', cell: ({ lastSeen }) => lastSeen.slice(11, 23).replace('Z', '') },
]
