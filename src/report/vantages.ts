import type { Attribution } from '../facts/attribution.js'
import type { Sight } from '../facts/vantages/compare.js'
import type { VantageFacts } from '../facts/vantages/model.js'
import type { Gap } from '../known.js'
import { formatIp, type Ip } from '../wire/ip.js'
import { formatMac } from '../wire/mac.js'
import { type CaptureConditions, reportCapture } from './assemble.js'
import type { ReportedVantage } from './report.js'
import { truthOf } from './truths.js'

/** All that is known of one place that was looked from. */
export interface PlaceSeen {
  readonly facts: VantageFacts
  readonly source: ReportedVantage['source']
  readonly conditions: CaptureConditions | null
  readonly doubts: readonly Gap[]
  readonly sights: readonly { readonly ip: Ip; readonly sight: Sight }[]
}

export function reportVantage(
  { facts, source, conditions, doubts, sights }: PlaceSeen,
  attribution: Attribution,
): ReportedVantage {
  const { name, kind, wire } = facts
  const { read, because } = truthOf(wire, doubts)
  return {
    name,
    kind,
    source,
    read,
    because,
    capture: wire.known && conditions ? reportCapture(wire.value.capture, conditions) : null,
    addresses: sights.map(({ ip, sight }) => ({
      ip: formatIp(ip),
      state: sight.state,
      asked: sight.asked,
      answered: sight.answered,
      machines: sight.machines.map(({ mac, answered }) => ({
        mac: formatMac(mac),
        answered,
        node: attribution.ownersOf(mac)[0]?.node ?? null,
      })),
    })),
  }
}
