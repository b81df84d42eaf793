import { concerned } from './concerned.js'
import type { Report, ReportedAddress, ReportedFinding } from './report.js'

/** What is true of the addresses that were asked for, where the report is about another one first. */
export interface Asked {
  readonly verdict: ReportedAddress['verdict']
  /** `10.0.0.240 is healthy`, `10.0.0.240 and 1 more are not judged: no request for it was seen`. */
  readonly words: string
}

const ORDER: readonly ReportedAddress['verdict'][] = ['findings', 'inconclusive', 'healthy']

/** One entry a verdict, the gravest first. Empty: nothing was asked for by address, or what comes first is about that, or about no address. */
export function askedBeside(
  { addresses, suppressed }: Pick<Report, 'addresses' | 'suppressed'>,
  first: readonly Pick<ReportedFinding, 'subject' | 'data'>[],
): readonly Asked[] {
  const asked = worstOfEach(addresses.filter((one) => one.asked))
  const isOfAnother = (finding: Pick<ReportedFinding, 'subject' | 'data'>) =>
    concerned(finding)?.every((named) => !asked.some(({ ip }) => ip === named)) === true
  if (asked.length === 0 || first.length === 0 || !first.every(isOfAnother)) return []
  const isAccepted = ({ ip }: ReportedAddress) =>
    suppressed.some((finding) => finding.severity !== 'info' && concerned(finding)?.includes(ip) === true)
  return ORDER.flatMap((verdict) => {
    // what is accepted is not health
    const alike = asked.filter((one) => one.verdict === verdict && !(verdict === 'healthy' && isAccepted(one)))
    return alike.length > 0 ? [{ verdict, words: wordsOf(verdict, alike) }] : []
  })
}

/** Of an address on several VLANs the gravest: what is said names no VLAN. */
function worstOfEach(addresses: readonly ReportedAddress[]): readonly ReportedAddress[] {
  const worst = new Map<string, ReportedAddress>()
  for (const one of addresses) {
    const before = worst.get(one.ip)
    if (!before || ORDER.indexOf(one.verdict) < ORDER.indexOf(before.verdict)) worst.set(one.ip, one)
  }
  return [...worst.values()]
}

function wordsOf(verdict: Asked['verdict'], alike: readonly ReportedAddress[]): string {
  const [named = '', ...others] = alike.map(({ ip }) => ip)
  const who = others.length > 0 ? `${named} and ${others.length} more` : named
  const be = others.length > 0 ? 'are' : 'is'
  if (verdict === 'healthy') return `${who} ${be} healthy`
  if (verdict === 'findings') return `${who} ${others.length > 0 ? 'have' : 'has'} faults too`
  const because = alike[0]?.because ?? null
  return `${who} ${be} not judged${because === null ? '' : `: ${because}`}`
}
