import { ADDRESS } from './addresses.js'
import { CLAIM } from './claims.js'
import { MODE } from './exchanges.js'
import { FLOW, FLOW_KIND, FLOW_TRAITS } from './flows.js'
import type { Tables } from './tables.js'

/** Counts of ARP frames, as design.md section 6 defines them. */
export interface ArpCounts {
  requests: number
  replies: number
  gratuitous: number
  probes: number
  /** Frames that claim an address, beyond the bounds. */
  unlistedClaims: number
}

/** Moves the counts of all flows to the totals, their claims and addresses; the flows stay, with nothing counted. */
export function settleFlows(tables: Tables, counts: ArpCounts): void {
  const { flows } = tables
  for (let row = 0; row < flows.count * FLOW.width; row += FLOW.width) {
    const count = flows.ints[row + FLOW.count]!
    if (count === 0) continue
    const kind = (flows.ints[row + FLOW.traits]! >> FLOW_TRAITS.kind) & FLOW_TRAITS.kindMask
    flows.ints[row + FLOW.count] = 0
    countFrames(counts, kind, count)
    settleRequests(tables, row, kind, count)
    if (!(kind & FLOW_KIND.claims)) continue
    if (flows.ints[row + FLOW.claim]! < 0) counts.unlistedClaims += count
    else settleClaim(tables, row, kind, count)
    if (kind & FLOW_KIND.answers) settleAnswers(tables, row)
  }
}

/** `kind` has the bits of FLOW_KIND. */
export function countFrames(counts: ArpCounts, kind: number, frames: number): void {
  if (kind & FLOW_KIND.request) {
    counts.requests += frames
    if (!(kind & FLOW_KIND.claims)) counts.probes += frames
  } else if (kind & FLOW_KIND.reply) counts.replies += frames
  if (kind & FLOW_KIND.gratuitous) counts.gratuitous += frames
}

function settleRequests(
  { flows: { ints }, addresses, claims }: Tables,
  row: number,
  kind: number,
  count: number,
): void {
  if (!(kind & FLOW_KIND.opens)) return
  const mode = (ints[row + FLOW.traits]! >> FLOW_TRAITS.mode) & FLOW_TRAITS.twoBits
  const [about, asked] = [ints[row + FLOW.about]!, ints[row + FLOW.askedClaim]!]
  addresses.records.add(about, ADDRESS.sent + mode, count)
  if (asked < 0) return
  claims.records.add(asked, mode === MODE.probe ? CLAIM.askedProbe : CLAIM.askedUnicast, count)
  if (mode === MODE.probe) addresses.records.add(about, ADDRESS.probesToOne, count)
}

function settleClaim({ flows, claims }: Tables, row: number, kind: number, count: number): void {
  const { ints, doubles } = flows
  const { records } = claims
  const claim = ints[row + FLOW.claim]!
  records.add(claim, kind & FLOW_KIND.request ? CLAIM.requests : CLAIM.replies, count)
  if (kind & FLOW_KIND.gratuitous) records.add(claim, CLAIM.gratuitous, count)
  const isFirst = records.get(claim, CLAIM.firstFrame) === 0
  if (isFirst || ints[row + FLOW.firstFrame]! < records.get(claim, CLAIM.firstFrame)) {
    records.set(claim, CLAIM.firstFrame, ints[row + FLOW.firstFrame]!)
    records.set(claim, CLAIM.firstAt, doubles[(row + FLOW.firstAt) / 2]!)
  }
}

function settleAnswers({ flows: { ints }, claims, addresses }: Tables, row: number): void {
  const [claim, address] = [ints[row + FLOW.claim]!, ints[row + FLOW.about]!]
  for (const mode of [MODE.broadcast, MODE.unicast, MODE.probe]) {
    const first = ints[row + FLOW.first + mode]!
    claims.records.add(claim, CLAIM.answered + mode, ints[row + FLOW.answered + mode]!)
    addresses.records.add(address, ADDRESS.answered + mode, first)
    if (mode !== MODE.unicast) claims.records.add(claim, CLAIM.firstAnswers, first)
  }
  ints.fill(0, row + FLOW.answered, row + FLOW.minLatency)
  const [min, max] = [ints[row + FLOW.minLatency]!, ints[row + FLOW.maxLatency]!]
  const known = claims.records.get(claim, CLAIM.minLatency)
  if (min > 0 && (known === 0 || min < known)) claims.records.set(claim, CLAIM.minLatency, min)
  if (max > claims.records.get(claim, CLAIM.maxLatency)) claims.records.set(claim, CLAIM.maxLatency, max)
}
