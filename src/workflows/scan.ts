import type { ClusterNode } from '../cluster/model.js'
import { attribute } from '../facts/attribution.js'
import { clusterFacts } from '../facts/cluster-facts.js'
import type { ExpectedAnswers } from '../facts/expected.js'
import type { FactTable } from '../facts/facts.js'
import { withOwnAnnouncements } from '../facts/own-announcements.js'
import type { Question } from '../facts/question.js'
import { withUnanswered } from '../facts/unanswered.js'
import { known } from '../known.js'
import { probersIn } from '../observe/rounds.js'
import type { Names } from '../report/addresses.js'
import { reportCapture } from '../report/assemble.js'
import { clusterNames } from '../report/cluster-names.js'
import type { Report } from '../report/report.js'
import { notAsked } from '../report/truths.js'
import type { Rule } from '../rules/define.js'
import { stormRules } from '../rules/storm/registry.js'
import { vantageRules } from '../rules/vantage/registry.js'
import { vrrpRules } from '../rules/vrrp/registry.js'
import { wireRules } from '../rules/wire/registry.js'
import { WorkBudget } from '../work-budget.js'
import { conclude } from './conclude.js'
import type { Look } from './look.js'
import {
  addressesSeen,
  clusterTruth,
  contextGaps,
  placesSeen,
  vantageFacts,
  wireDoubts,
  wireTruth,
} from './looked-at.js'
import { neighbourDoubts, neighbourFacts, neighbourGaps, tablesSeen } from './neighbour-tables.js'
import type { AskedQuestion, ScanContext, ScanRequest } from './scan-request.js'
import { type Seen, type SeeWire, see } from './see.js'
import { lookFrom } from './vantage/look-from.js'
import { seeAll, type Vantage } from './vantage/see-all.js'

export interface ScanAdapters {
  /** Opens the capture; throws CannotLook. */
  readonly open: () => Promise<Look>
  /** A quicker way to see what `open` would show, where there is one. */
  readonly seeFile?: SeeWire | undefined
  /** The places that were named to look from, instead of `open`; absent: none was. */
  readonly vantages?: readonly Vantage[] | undefined
  readonly names: Names
  readonly context: ScanContext
  readonly now: () => Date
  readonly version: string
}

/** The rules that the wire alone can answer; the others are not even loaded, a scan starts the sooner. */
const wireOnly = [...wireRules, ...vantageRules, ...vrrpRules, ...stormRules]

/** Frames → facts → report. `interrupted` ends the capture; what was seen until then is judged. */
export async function scan(request: ScanRequest, adapters: ScanAdapters, interrupted: AbortSignal): Promise<Report> {
  const startedAt = adapters.now().toISOString()
  const { context } = adapters
  const seeWire = seeWith(adapters)
  const seen = await seeWire(
    { asked: request.question.vips, allAddresses: request.allAddresses },
    nodesOf(context),
    interrupted,
  )
  const { look, wire, owners, gaps } = seen
  const question = questionOf(request.question, seen, context)
  const attribution = attribute([...context.owners, ...owners])
  const unread = context.view?.known === false ? context.view : null
  const expected: ExpectedAnswers = context.view?.known ? context.view.value.expected : new Map()
  const facts: FactTable = {
    question: known(question, 'command line'),
    wire,
    ...vantageFacts(seen),
    ...neighbourFacts(context),
    ...(context.view && clusterFacts(context.view)),
    expected: unread && request.question.expectedMacs.length === 0 ? unread : known(expected, 'cluster'),
    attribution: known(attribution, 'scan'),
  }
  const parts = {
    run: {
      command: 'scan',
      version: adapters.version,
      startedAt,
      endedAt: adapters.now().toISOString(),
      source: look?.source.source ?? null,
      interrupted: interrupted.aborted,
    },
    suppressions: request.suppressions,
    truths: {
      wire: wireTruth(seen, question),
      cluster: clusterTruth(context),
      hosts: notAsked('scan reads no hosts'),
    },
    capture: look && wire.known ? reportCapture(wire.value.capture, look.conditions()) : null,
    addresses: addressesSeen(seen, question, {
      ...clusterNames(expected, attribution, adapters.names),
      lookFrom: lookFrom(context),
    }),
    vantages: placesSeen(seen, question, attribution),
    nodes: [],
    doubts: [...wireDoubts(seen, question), ...(unread ? [unread.gap] : []), ...neighbourDoubts(context, question)],
    // a scan is about the wire: the truths say that no cluster was configured, and nobody misses it
    gaps: [...gaps, ...contextGaps({ ...context, unasked: null }), ...neighbourGaps(context)],
  }
  const budget = new WorkBudget(interrupted)
  const { rules, left, ...judged } = await withTables(facts, question, budget)
  const all = [...wireOnly, ...(await rulesBeside(context)), ...rules]
  const neighbours = tablesSeen(context, judged.facts, attribution)
  return conclude(all, judged.facts, { ...parts, neighbours, gaps: [...parts.gaps, ...left] }, budget)
}

async function rulesBeside({ view }: ScanContext): Promise<readonly Rule[]> {
  return view ? (await import('../rules/wire/cluster-registry.js')).wireClusterRules : []
}

/** From all places that were named, else from where it is opened. */
function seeWith({ vantages, seeFile, open }: ScanAdapters): SeeWire {
  if (vantages) return (...asked) => seeAll(vantages, ...asked)
  return seeFile ?? ((...asked) => see(open, ...asked))
}

/** What neighbour tables, this machine's own and others', say beside who answers; not loaded where there is none. */
async function withTables(facts: FactTable, { own }: Question, budget: WorkBudget) {
  const rules: Rule[] = []
  if (own.neighbours?.length) rules.push((await import('../rules/answers/stale-neighbour.js')).staleNeighbour)
  if (facts.neighbours) rules.push(...(await import('../rules/neighbour/upstream-registry.js')).upstreamRules)
  if (rules.length === 0) return { rules, facts, left: [] }
  const { answering } = await import('../facts/answers/table.js')
  return { rules, ...(await budget.run(answering(facts))) }
}

/** The question as the capture completes it: whose frames are ours, whether anybody probed, and what an agent of this machine answers. */
export function questionOf(
  asked: AskedQuestion,
  seen: Seen,
  { view, owners = [] }: Pick<ScanContext, 'view'> & Partial<Pick<ScanContext, 'owners'>>,
): Question {
  const { look, wire, probed, vantages = [] } = seen
  const own = stillElsewhere(look?.own ?? { macs: [], ips: [] }, wire)
  const probers = wire.known && own.macs.length === 0 ? probersIn(wire.value) : []
  const question = {
    ...asked,
    own,
    probed: probed ?? asked.probed ?? probers.length > 0,
    ...(probers.length > 0 ? { probers } : {}),
  }
  if (!wire.known) return question
  const cluster = view?.known ? view.value : null
  const told = withUnanswered(question, wire.value, cluster, [...owners, ...seen.owners])
  // of several places, one that does not hold it may have asked
  return cluster === null || vantages.length > 1 ? told : withOwnAnnouncements(told, cluster, wire.value)
}

/** An address that somebody claims on this segment is of this segment, whatever the subnets say. */
function stillElsewhere(own: Question['own'], wire: Seen['wire']): Question['own'] {
  const { elsewhere, ...rest } = own
  if (elsewhere === undefined || !wire.known) return own
  const claimed = new Set(wire.value.addresses.filter(({ claims }) => claims.length > 0).map(({ ip }) => ip))
  const left = elsewhere.filter((ip) => !claimed.has(ip))
  return left.length > 0 ? { ...rest, elsewhere: left } : rest
}

export function nodesOf({ view }: ScanContext): readonly ClusterNode[] {
  return view?.known && view.value.cluster.nodes.known ? view.value.cluster.nodes.value : []
}
