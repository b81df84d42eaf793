import type { Report, ReportedAddress, ReportedClaim } from '../../report.js'
import { addressLabel, askedWords, claimNotes, expectedWords, makerWords, trustWords } from '../../wording.js'
import { collapse } from './collapse.js'
import { hang, heading, type Style } from './style.js'
import { table } from './table.js'
import { timeline } from './timeline.js'

/** Terminals this wide get the vendor as a column of its own. */
const WIDE = 110

/** Who answers for each address, and when; many addresses are told in summary. */
export function responders(report: Report, style: Style): string[] {
  if (report.addresses.length === 0) return []
  const { detailed, summary } = collapse(report, style)
  return [heading(style, 'Who answers'), ...detailed.flatMap((one) => ['', ...addressBlock(one, style)]), ...summary]
}

function addressBlock(address: ReportedAddress, style: Style): string[] {
  const words = [askedWords(address), expectedWords(address)].filter((part) => part !== null).join('; ')
  const trust = trustWords(address)
  return [
    ...hang(style, '', 2, [addressLabel(address), address.service ?? ''].join('  '), style.paint.bold),
    ...hang(style, '', INDENT, words),
    ...(address.claims.length > 0 ? ['', ...responderTable(address, style)] : []),
    ...timeline(address, style),
    ...(trust === null ? [] : ['', ...hang(style, '', INDENT, trust)]),
  ]
}

const INDENT = 4

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
    return [...claimNotes(claim, address), ...(maker === null ? [] : [maker])].join(', ') || dash
  }
  const rows = address.claims.map((claim) => [...columns.map(({ cell }) => cell(claim)), note(claim)])
  return table(style, INDENT, [...columns.map(({ head }) => head), 'Note'], rows)
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
