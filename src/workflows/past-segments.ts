import { isElsewhere, type PastSegments, type SegmentNow } from '../facts/past-segments.js'
import type { Gap } from '../known.js'
import type { HistoryLine } from '../watch/history-line.js'
import { formatIp } from '../wire/ip.js'
import { formatMac } from '../wire/mac.js'
import type { DiagnoseAdapters } from './diagnose-request.js'
import type { ScanContext } from './scan-request.js'
import type { Seen } from './see.js'

/** The machines that the lines of a history name. */
export function pastSegments(lines: readonly HistoryLine[]): PastSegments {
  const gateways = new Map<string, Set<string>>()
  const macs = new Set<string>()
  for (const line of lines) {
    if (line.event === 'segment')
      for (const { ip, mac } of line.gateways) {
        gateways.set(ip, (gateways.get(ip) ?? new Set()).add(mac))
        macs.add(mac)
      }
    if (line.event === 'vip')
      for (const { mac } of [...line.responders, ...(line.owner ? [line.owner] : [])]) macs.add(mac)
  }
  return { gateways, macs }
}

/** The context without a history of another segment, and that it is one; null where that is not known. */
export function withoutOthersHistory(
  { context, neighboursOf }: Pick<DiagnoseAdapters, 'context' | 'neighboursOf'>,
  { wire, look }: Pick<Seen, 'wire' | 'look'>,
): { readonly context: ScanContext; readonly gap: Gap | null } {
  const { history, pastSegments: past, ...rest } = context
  if (history === undefined || past === undefined) return { context, gap: null }
  const heard: SegmentNow = wire.known
    ? wire.value.addresses.flatMap(({ ip, claims }) =>
        claims.map(({ mac }) => ({ ip: formatIp(ip), mac: formatMac(mac) })),
      )
    : []
  const source = look?.source.source
  const listed = source?.kind === 'live' ? (neighboursOf?.(source.name) ?? []) : []
  const other = isElsewhere(past, [...heard, ...listed])
  if (other === null) return { context, gap: null }
  const reason = `the history seems to be of another segment with the same addresses, and is not used: there ${other.ip} was ${other.was.join(' or ')}, here it is ${other.is}, and no machine that it names was heard`
  const hint =
    'name the history of a watch of this segment; where only a router was replaced, look again when a machine that it names answers'
  return { context: rest, gap: { subject: '--history', reason, hint } }
}
