import type { Attribution } from '../facts/attribution.js'
import { clusterGaps } from '../facts/cluster-facts.js'
import type { FactTable } from '../facts/facts.js'
import type { Question } from '../facts/question.js'
import { compareVantages } from '../facts/vantages/compare.js'
import { type Gap, known } from '../known.js'
import { type AddressLine, type Doubt, type Names, reportAddresses, withOwnEntry } from '../report/addresses.js'
import { addressesOf } from '../report/cluster-names.js'
import type { ReportedVantage, Truth } from '../report/report.js'
import { notAsked, truthOf } from '../report/truths.js'
import { reportVantage } from '../report/vantages.js'
import { addressDoubt, captureDoubts } from '../report/wire-doubts.js'
import { timeIsInOrder } from '../rules/wire/time-order.js'
import { formatIp } from '../wire/ip.js'
import type { ScanContext } from './scan-request.js'
import type { Seen, SeenAt } from './see.js'

/** What a command looked at, and what that leaves open; the same for all that look at the wire. */

/** What was not seen of the wire although it bears on the question. */
export function wireDoubts({ look, wire, doubts }: Seen, question: Pick<Question, 'vips'>): Gap[] {
  if (!wire.known) return [wire.gap]
  const conditions = look?.conditions() ?? { dropped: null }
  return [...doubts, ...captureDoubts(wire.value.capture, question, conditions, wire.from)]
}

export function wireTruth(seen: Seen, question: Pick<Question, 'vips'>): Truth {
  return truthOf(seen.wire, [...wireDoubts(seen, question), ...seen.gaps])
}

export function clusterTruth({ view, unasked }: Pick<ScanContext, 'view' | 'unasked'>): Truth {
  if (view !== null) return truthOf(view, clusterGaps(view))
  return notAsked(unasked?.because ?? 'it was not to be read')
}

/** What the operator should know of a cluster that was not read, or not whole, and of whom nobody was asked. */
export function contextGaps({ view, unasked, gaps }: ScanContext): Gap[] {
  return [...(unasked?.gap ? [unasked.gap] : []), ...gaps, ...(view ? clusterGaps(view) : [])]
}

/** A line for each address: those that the wire shows, and those asked for that it cannot show. */
export function addressesSeen(
  { wire }: Seen,
  question: Question,
  names: Names,
  settles: (doubt: Gap, ip: string) => boolean = () => false,
): AddressLine[] {
  const doubtOf = (doubt: Doubt | null, ip: string) => (doubt && settles(doubt, ip) ? null : doubt)
  const lines = wire.known
    ? reportAddresses(wire.value, names, (address) =>
        doubtOf(addressDoubt(address, question, names, timeIsInOrder(wire.value, address)), formatIp(address.ip)),
      )
    : addressesOf(question.vips.map(formatIp), names, { asked: true, doubt: wire.gap })
  return lines.map((line) => withOwnEntry(line, question))
}

/** What each place saw, for rules that compare; absent where there is nothing to compare. */
export function vantageFacts({ vantages = [] }: Seen): FactTable {
  return vantages.length > 1
    ? {
        vantages: known(
          vantages.map(({ facts }) => facts),
          'the places looked from',
        ),
      }
    : {}
}

/** The places that were named, for the report. */
export function placesSeen({ vantages = [] }: Seen, { vips }: Question, attribution: Attribution): ReportedVantage[] {
  const compared = compareVantages(
    vantages.map(({ facts }) => facts),
    vips,
  )
  return vantages.map((one, at) => {
    const { seen, facts } = one
    const conditions = seen.look?.conditions() ?? null
    const source = seen.look?.source.source ?? null
    const sights = compared.map(({ ip, sights }) => ({ ip, sight: sights[at]! }))
    return reportVantage({ facts, source, conditions, doubts: doubtsAt(one, vips), sights }, attribution)
  })
}

function doubtsAt({ seen }: SeenAt, vips: Question['vips']): Gap[] {
  return [...wireDoubts(seen, { vips }), ...seen.gaps]
}
