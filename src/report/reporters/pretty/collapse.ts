import type { Report, ReportedAddress } from '../../report.js'
import { addressLabel, missedWords, plural } from '../../wording.js'
import { hang, type Style } from './style.js'

/** So many addresses are shown with table and timeline; a sweep's others are counted. */
const DETAILED = 4
/** So many runs of addresses are named in a summary line. */
const NAMED = 16

/** Parts a long list of addresses into the few worth a table and one summary line per kind of the rest. */
export function collapse(report: Report, style: Style): { detailed: readonly ReportedAddress[]; summary: string[] } {
  const { addresses, findings } = report
  if (style.verbose || addresses.length <= DETAILED) return { detailed: addresses, summary: [] }
  const accused = new Set(findings.filter(({ severity }) => severity !== 'info').map(({ subject }) => subject.id))
  const detailed = addresses
    .filter((address) => address.claims.length > 1 || (accused.has(addressLabel(address)) && address.claims.length > 0))
    .slice(0, DETAILED)
  const rest = addresses.filter((address) => !detailed.includes(address))
  return { detailed, summary: ['', ...kinds(rest).flatMap((kind) => summaryLine(kind, style))] }
}

interface Kind {
  readonly words: string
  readonly addresses: readonly ReportedAddress[]
}

function kinds(addresses: readonly ReportedAddress[]): Kind[] {
  const several = addresses.filter(({ claims }) => claims.length > 1)
  const one = addresses.filter(({ claims }) => claims.length === 1)
  const none = addresses.filter(({ claims }) => claims.length === 0)
  return [
    { words: 'with several answerers', addresses: several },
    { words: `with one answerer${trust(one)}`, addresses: one },
    { words: 'with no answer', addresses: none },
  ].filter((kind) => kind.addresses.length > 0)
}

/** The weakest bound among them. */
function trust(addresses: readonly ReportedAddress[]): string {
  const bound = Math.max(...addresses.map(({ missedResponderBound }) => missedResponderBound ?? 1))
  return bound < 1 ? ` (${missedWords(bound)})` : ''
}

function summaryLine({ words, addresses }: Kind, style: Style): string[] {
  const text = `${plural(addresses.length, 'address', 'addresses')} ${words}`
  return hang(style, '', 2, `${text}: ${names(runs(addresses.map(addressLabel)))}`)
}

/** `a, b, c and 12 more`. */
export function names(all: readonly string[]): string {
  const left = all.length - NAMED
  return left > 0 ? `${all.slice(0, NAMED).join(', ')} and ${left} more` : all.join(', ')
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
