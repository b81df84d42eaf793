import type { Report, ReportedVantage } from '../../report.js'
import { hang, heading, type Style } from './style.js'
import { table } from './table.js'

/** More places get a row each instead of a column. */
const MOST_COLUMNS = 4
const SHOWN_ADDRESSES = 8

/** Which machine answers for which address, place by place. */
export function places(report: Report, style: Style): string[] {
  const { vantages } = report
  const [first] = vantages
  if (!first || vantages.length < 2) return []
  const ips = first.addresses.map(({ ip }) => ip)
  const shown = style.verbose ? ips : ips.slice(0, SHOWN_ADDRESSES)
  const rows = shown.flatMap((ip) => rowsOf(ip, vantages, style))
  const left = ips.length - shown.length
  const head = vantages.length > MOST_COLUMNS ? ['Address', 'Machine', 'Place', 'Answers'] : ['Address', 'Machine']
  const columns = vantages.length > MOST_COLUMNS ? head : [...head, ...vantages.map(({ name }) => name)]
  return [
    heading(style, 'Who answers where'),
    ...table(style, 2, columns, rows),
    ...(left > 0 ? hang(style, '', 2, `and ${left} more addresses (-v lists all)`) : []),
  ]
}

/** A row for each machine, and one for an address that nobody answers for. */
function rowsOf(ip: string, vantages: readonly ReportedVantage[], style: Style): string[][] {
  const macs = [...new Set(vantages.flatMap((one) => seenAt(ip, one)?.machines.map(({ mac }) => mac) ?? []))]
  const machines = macs.length > 0 ? macs : [style.signs.dash]
  if (vantages.length <= MOST_COLUMNS)
    return machines.map((mac) => [ip, named(mac, ip, vantages), ...vantages.map((one) => cell(ip, mac, one))])
  return machines.flatMap((mac) => vantages.map((one) => [ip, named(mac, ip, vantages), one.name, cell(ip, mac, one)]))
}

function seenAt(ip: string, { addresses }: ReportedVantage) {
  return addresses.find((address) => address.ip === ip)
}

function named(mac: string, ip: string, vantages: readonly ReportedVantage[]): string {
  const machines = vantages.flatMap((one) => seenAt(ip, one)?.machines ?? [])
  const node = machines.find((one) => one.mac === mac)?.node ?? null
  return node === null ? mac : `${mac} ${node}`
}

/** `4 of 4`, or why there is no such number. */
function cell(ip: string, mac: string, vantage: ReportedVantage): string {
  const seen = seenAt(ip, vantage)
  if (!seen || seen.state === 'unread') return 'not read'
  if (seen.state === 'holds') return 'holds it'
  if (seen.state === 'unasked') return 'not asked'
  const machine = seen.machines.find((one) => one.mac === mac)
  if (seen.asked === 0) return machine ? 'answers' : 'no answer'
  return `${machine?.answered ?? 0} of ${seen.asked}`
}
