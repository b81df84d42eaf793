import { CLAIM } from './claims.js'
import { FLOW, FLOW_KIND } from './flows.js'
import { LOOP_COPIES_PER_SECOND } from './loop-table.js'
import type { Tables } from './tables.js'

/** Adds what every flow saw in this second to the rates of its sender, target and VLAN stack. */
export function takeSecond(tables: Tables): void {
  const { flows, rates } = tables
  for (let index = 0; index < flows.activeCount; index++) {
    const row = flows.active[index]!
    const { ints } = flows
    const frames = ints[row + FLOW.inSecond]!
    const kind = ints[row + FLOW.rateKind]!
    if (kind >= 0) {
      if (ints[row + FLOW.sender]! >= 0) rates.sender.add(ints[row + FLOW.sender]!, kind, frames)
      if (ints[row + FLOW.about]! >= 0) rates.target.add(ints[row + FLOW.about]!, kind, frames)
      rates.vlan.add(ints[row + FLOW.stack]!, kind, frames)
    }
    if (frames > LOOP_COPIES_PER_SECOND && ints[row + FLOW.kind]! & FLOW_KIND.broadcast)
      tables.loops.note(flows, row, tables.stacks.list)
    ints[row + FLOW.inSecond] = 0
  }
  flows.activeCount = 0
}

/** Adds the counts of all flows to their claims and forgets the flows. Returns the frames whose claim has no record. */
export function settleFlows(tables: Tables): number {
  takeSecond(tables)
  let unlisted = 0
  for (let row = 0; row < tables.flows.count * FLOW.width; row += FLOW.width) unlisted += settleFlow(tables, row)
  tables.flows.clear()
  return unlisted
}

function settleFlow({ flows, claims }: Tables, row: number): number {
  const { ints, doubles } = flows
  const [kind, claim, asked, count] = [
    ints[row + FLOW.kind]!,
    ints[row + FLOW.claim]!,
    ints[row + FLOW.askedClaim]!,
    ints[row + FLOW.count]!,
  ]
  if (asked >= 0) claims.records.add(asked, CLAIM.askedUnicast, count)
  if (!(kind & FLOW_KIND.claims)) return 0
  if (claim < 0) return count
  const { records } = claims
  const lastAt = doubles[(row + FLOW.lastAt) / 2]!
  records.add(claim, kind & FLOW_KIND.request ? CLAIM.requests : CLAIM.replies, count)
  if (kind & FLOW_KIND.gratuitous) {
    records.add(claim, CLAIM.gratuitous, count)
    if (lastAt > records.get(claim, CLAIM.lastGratuitousAt)) records.set(claim, CLAIM.lastGratuitousAt, lastAt)
  }
  const isFirst = records.get(claim, CLAIM.firstFrame) === 0
  if (isFirst || ints[row + FLOW.firstFrame]! < records.get(claim, CLAIM.firstFrame)) {
    records.set(claim, CLAIM.firstFrame, ints[row + FLOW.firstFrame]!)
    records.set(claim, CLAIM.firstAt, doubles[(row + FLOW.firstAt) / 2]!)
  }
  if (ints[row + FLOW.lastFrame]! > records.get(claim, CLAIM.lastFrame)) {
    records.set(claim, CLAIM.lastFrame, ints[row + FLOW.lastFrame]!)
    records.set(claim, CLAIM.lastAt, lastAt)
  }
  return 0
}
