import type { ClusterNode } from '../../cluster/model.js'
import { withoutCrosstalk } from '../../facts/vantages/crosstalk.js'
import { mergeVantages } from '../../facts/vantages/merge.js'
import { heardIn, type VantageFacts, type VantageKind } from '../../facts/vantages/model.js'
import { withOwnAnswers } from '../../facts/vantages/own-answers.js'
import { known } from '../../known.js'
import type { ObserveOptions } from '../../observe/model.js'
import { probersIn } from '../../observe/rounds.js'
import type { Look } from '../look.js'
import { wireDoubts } from '../looked-at.js'
import { type Seen, type SeenAt, see } from '../see.js'

/** A place to look from. */
export interface Vantage {
  /** As the operator calls it. */
  readonly name: string
  readonly kind: VantageKind
  /** Throws CannotLook. */
  open(interrupted: AbortSignal): Promise<Look>
}

/**
 * Looks from all places at once, and puts together what they saw. A place that cannot be looked from costs the others nothing, and is
 * a doubt: it was named.
 */
export async function seeAll(
  vantages: readonly Vantage[],
  options: ObserveOptions,
  nodes: readonly ClusterNode[],
  interrupted: AbortSignal,
): Promise<Seen> {
  const all = await Promise.all(
    vantages.map(async (vantage) => {
      const seen = await see(() => vantage.open(interrupted), options, nodes, interrupted)
      return { vantage, seen }
    }),
  )
  const facts = withOwnAnswers(withoutCrosstalk(all.map(({ vantage, seen }) => factsAt(vantage, seen))))
  const places = all.map((one, at) => ({ ...one, facts: facts[at]! }))
  return together(places, options)
}

function factsAt({ name, kind }: Vantage, { look, wire }: Seen): VantageFacts {
  const own = look?.own ?? { macs: [], ips: [] }
  const shown = look?.work ? look.plan?.sent != null : wire.known && probersIn(wire.value).length > 0
  const heard = wire.known ? heardIn(wire.value) : new Set<number>()
  const file = kind === 'file' ? (look?.source.source.name ?? null) : null
  return { name, kind, file, wire, own, heard, probed: look?.probed ?? shown }
}

function together(all: readonly SeenAt[], { asked }: ObserveOptions): Seen {
  const merged = mergeVantages(
    all.map(({ facts }) => facts),
    asked,
  )
  const main = all.find(({ vantage }) => vantage.name === merged?.main) ?? all[0]!
  const others = all.filter((one) => one !== main)
  return {
    look: main.seen.look && { ...main.seen.look, own: merged?.own ?? main.facts.own },
    wire: merged && main.seen.wire.known ? known(merged.wire, main.seen.wire.from) : main.seen.wire,
    owners: all.flatMap(({ seen }) => seen.owners),
    // those of the main one are told with the wire
    doubts: [...main.seen.doubts, ...others.flatMap(({ seen }) => wireDoubts(seen, { vips: asked }))],
    gaps: all.flatMap(({ seen }) => seen.gaps),
    vantages: all,
    main: main.vantage.name,
    ...(merged ? { probed: merged.probed } : {}),
  }
}
