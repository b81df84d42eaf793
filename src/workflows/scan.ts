import type { ClusterNode } from '../cluster/model.js'
import { attribute, type MacOwner } from '../facts/attribution.js'
import { type ClusterView, clusterGaps } from '../facts/cluster-view.js'
import type { ExpectedAnswers } from '../facts/expected.js'
import type { FactTable } from '../facts/facts.js'
import type { Question } from '../facts/question.js'
import { type Gap, type Known, known } from '../known.js'
import type { WireFacts } from '../observe/model.js'
import { type Names, reportAddresses } from '../report/addresses.js'
import { reportCapture } from '../report/assemble.js'
import { clusterNames } from '../report/cluster-names.js'
import type { Report } from '../report/report.js'
import type { Suppression } from '../report/suppress.js'
import { stormRules } from '../rules/storm/registry.js'
import { wireRules } from '../rules/wire/registry.js'
import { conclude } from './conclude.js'
import type { Look } from './look.js'
import { type Seen, type SeeWire, sawWire, see } from './see.js'

/** What is known of the question before anybody has looked. `probed` null: the capture itself must show it. */
export type AskedQuestion = Omit<Question, 'own' | 'probed'> & { readonly probed: boolean | null }

export interface ScanRequest {
  readonly question: AskedQuestion
  readonly allAddresses: boolean
  readonly suppressions: readonly Suppression[]
}

/** What is known beside the wire. */
export interface ScanContext {
  /** Null when no cluster was to be read. */
  readonly view: Known<ClusterView> | null
  /** MACs whose nodes are known from elsewhere. */
  readonly owners: readonly MacOwner[]
  /** What kept the scan from asking all it could. */
  readonly gaps: readonly Gap[]
}

export interface ScanAdapters {
  /** Opens the capture; throws CannotLook. */
  readonly open: () => Promise<Look>
  /** A quicker way to see what `open` would show, where there is one. */
  readonly seeFile?: SeeWire | undefined
  readonly names: Names
  readonly context: ScanContext
  readonly now: () => Date
  readonly version: string
}

/** The rules that the wire alone can answer; the others are not even loaded, a scan starts the sooner. */
const wireOnly = [...wireRules, ...stormRules]

/** Frames → facts → report. `interrupted` ends the capture; what was seen until then is judged. */
export async function scan(request: ScanRequest, adapters: ScanAdapters, interrupted: AbortSignal): Promise<Report> {
  const startedAt = adapters.now().toISOString()
  const { context } = adapters
  const seeWire: SeeWire = adapters.seeFile ?? ((...asked) => see(adapters.open, ...asked))
  const seen = await seeWire(
    { asked: request.question.vips, allAddresses: request.allAddresses },
    nodesOf(context),
    interrupted,
  )
  const { look, wire, owners, gaps } = seen
  const question = questionOf(request.question, seen)
  const attribution = attribute([...context.owners, ...owners])
  const unread = context.view?.known === false ? context.view : null
  const expected: ExpectedAnswers = context.view?.known ? context.view.value.expected : new Map()
  const facts: FactTable = {
    question: known(question, 'command line'),
    wire,
    expected: unread && request.question.expectedMacs.length === 0 ? unread : known(expected, 'cluster'),
    attribution: known(attribution, 'scan'),
  }
  return conclude(wireOnly, facts, {
    run: {
      command: 'scan',
      version: adapters.version,
      startedAt,
      endedAt: adapters.now().toISOString(),
      source: look?.source.source ?? null,
      interrupted: interrupted.aborted,
    },
    suppressions: request.suppressions,
    capture: look && wire.known ? reportCapture(wire.value.capture, look.conditions()) : null,
    addresses: wire.known ? reportAddresses(wire.value, clusterNames(expected, attribution, adapters.names)) : [],
    nodes: [],
    gaps: [...gaps, ...context.gaps, ...(context.view ? clusterGaps(context.view) : [])],
    couldLook: sawWire(seen),
  })
}

/** The question as the capture completes it: whose frames are ours, and whether anybody probed. */
export function questionOf(asked: AskedQuestion, { look, wire }: Seen): Question {
  const own = look?.own ?? { macs: [], ips: [] }
  return { ...asked, own, probed: asked.probed ?? (wire.known && showsProbing(wire.value)) }
}

/** Scans of l2doctor hold RFC 5227 probes beside broadcasts; in a bystander's capture the answers to others are missing. */
function showsProbing({ addresses }: WireFacts): boolean {
  return addresses.some(({ asked, asks }) => asked && asks.probe.sent > 0 && asks.broadcast.sent > 0)
}

export function nodesOf({ view }: ScanContext): readonly ClusterNode[] {
  return view?.known && view.value.cluster.nodes.known ? view.value.cluster.nodes.value : []
}
