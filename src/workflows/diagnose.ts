import { announcers } from '../cluster/announcers/registry.js'
import { answering } from '../facts/answers/table.js'
import { clusterDoubts, clusterFacts } from '../facts/cluster-facts.js'
import { widen } from '../facts/cluster-view.js'
import type { ExpectedAnswers } from '../facts/expected.js'
import type { FactTable } from '../facts/facts.js'
import type { Question } from '../facts/question.js'
import { relate } from '../facts/relations.js'
import { expectedByVrrp } from '../facts/vrrp-expected.js'
import { CannotLook, type Gap, type Known, known, mapKnown, unknown } from '../known.js'
import { coreGaps, hostGaps } from '../node/host.js'
import type { Host } from '../node/model.js'
import { oneEachMachine } from '../node/same-machine.js'
import type { AddressLine } from '../report/addresses.js'
import { answerDoubts } from '../report/answer-doubts.js'
import { reportCapture } from '../report/assemble.js'
import { clusterNames } from '../report/cluster-names.js'
import { reportNode } from '../report/nodes.js'
import type { Report, Truth } from '../report/report.js'
import { hostsTruth, notAsked } from '../report/truths.js'
import { allRules } from '../rules/registry.js'
import { ofEach } from '../steps.js'
import { formatIp } from '../wire/ip.js'
import { WorkBudget } from '../work-budget.js'
import { agentDoubts, agentFacts } from './ask-agents.js'
import { bundleOf } from './bundle.js'
import { conclude } from './conclude.js'
import type { DiagnoseAdapters, DiagnoseRequest } from './diagnose-request.js'
import { gather } from './gather.js'
import type { Gathered } from './gathered.js'
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
import { withoutOthersHistory } from './past-segments.js'
import { nodesOf, questionOf } from './scan.js'
import type { ScanContext } from './scan-request.js'
import type { Seen } from './see.js'
import { lookFrom } from './vantage/look-from.js'
import { bindingsNow, compareBindings, compareWithHistory, concerning } from './vip-baseline.js'

/** Wire, cluster and hosts → one set of facts → symptoms with their causes. */
export async function diagnose(
  request: DiagnoseRequest,
  given: DiagnoseAdapters,
  interrupted: AbortSignal,
): Promise<Report> {
  const startedAt = given.now().toISOString()
  const budget = new WorkBudget(interrupted, given.workMs)
  const gathered = await gather(request, given, interrupted, budget)
  return judgeGathered(request, given, { gathered, startedAt, interrupted, budget })
}

/** What judging needs beside what was gathered. */
export type JudgeAdapters = Omit<DiagnoseAdapters, keyof Opening>
type Opening = Pick<DiagnoseAdapters, 'open' | 'seeFile' | 'vantages' | 'workMs'>

export interface ToJudge {
  readonly gathered: Gathered
  /** ISO 8601. */
  readonly startedAt: string
  readonly interrupted: AbortSignal
  readonly budget: WorkBudget
}

/** The right half of `diagnose`, whoever gathered. */
export async function judgeGathered(
  request: DiagnoseRequest,
  given: JudgeAdapters,
  { gathered, startedAt, interrupted, budget }: ToJudge,
): Promise<Report> {
  const { seen, kept, records, hosts } = gathered
  const { context, gap: ofAnother } = withoutOthersHistory(given, seen)
  const adapters = { ...given, context: withSeen(context, seen) }
  const { view } = adapters.context
  const question = questionOf(request.question, seen, adapters.context)
  const { facts, left } = await budget.run(answering(await factsOf(request, adapters, gathered)))
  const unsaved = await save(request, adapters, gathered, facts)
  const parts = {
    run: {
      command: 'diagnose',
      version: adapters.version,
      startedAt,
      endedAt: adapters.now().toISOString(),
      source: seen.look?.source.source ?? null,
      interrupted: interrupted.aborted,
    },
    suppressions: request.suppressions,
    capture: seen.look && seen.wire.known ? reportCapture(seen.wire.value.capture, seen.look.conditions()) : null,
    truths: {
      wire: wireTruth(seen, question),
      cluster: clusterTruth(adapters.context),
      hosts: hostsAsked(adapters, gathered),
    },
    addresses: addresses(question, request.hosts, adapters, gathered),
    vantages: placesSeen(seen, question, gathered.attribution),
    neighbours: tablesSeen(adapters.context, facts, gathered.attribution),
    nodes: await budget.run(ofEach(hosts, reportNode)),
    doubts: [
      ...wireDoubts(seen, question),
      ...(view ? clusterDoubts(view) : []),
      ...hostDoubts(request, gathered, facts),
      ...(facts.answers?.known ? answerDoubts(facts.answers.value, question) : []),
      ...left,
      ...neighbourDoubts(adapters.context, question),
      ...agentDoubts(adapters.context),
    ],
    gaps: [
      ...seen.gaps,
      ...contextGaps(adapters.context),
      ...(ofAnother === null ? [] : [ofAnother]),
      ...neighbourGaps(adapters.context),
      ...gathered.gaps,
      ...noHosts(request, adapters, gathered),
      ...records.flatMap((record, at) => hostGaps(record, hosts[at]!)),
      ...([...kept.values()].every((one) => one.isWhole()) ? [] : [cutBundle()]),
      ...unsaved,
    ],
    relations: relate(facts),
  }
  return conclude(allRules, facts, parts, budget)
}

/** Other VIPs that the capture shows are evidence too: one cause has to explain all of them. */
function withSeen(context: ScanContext, { wire }: Seen): ScanContext {
  const { view } = context
  if (!view?.known || !wire.known) return context
  const ips = wire.value.addresses.map(({ ip }) => formatIp(ip))
  return { ...context, view: known(widen(view.value, ips, announcers), view.from) }
}

/** Hosts that the operator named must be read; of those that we chose, one at least. */
function hostDoubts({ hosts: named, allNodes }: DiagnoseRequest, { hosts }: Gathered, facts: FactTable): Gap[] {
  const missed = hosts.filter(({ name, reached }) => !reached && (allNodes || named.includes(name)))
  const absent = named.filter((name) => !hosts.some((host) => host.name === name))
  const unread = [...missed.map(({ name }) => name), ...absent]
  const half = hosts.filter(({ name, reached }) => reached && (allNodes || named.includes(name)))
  return [
    ...half.flatMap(coreGaps),
    ...unread.map((subject) => ({ subject, reason: 'it could not be read', hint: 'see the gaps' })),
    ...(facts.hosts?.known === false ? [facts.hosts.gap] : []),
  ]
}

function hostsAsked(adapters: JudgeAdapters, { records, hosts }: Gathered): Truth {
  if (adapters.readHosts === null) return notAsked('--no-hosts')
  if (hosts.length === 0) return notAsked(whyNone(adapters))
  const gaps = records.flatMap((record, at) => (hosts[at]!.reached ? hostGaps(record, hosts[at]!) : []))
  return hostsTruth(hosts, gaps)
}

function whyNone({ context }: JudgeAdapters): string {
  const nodes = nodesOf(context).length
  return nodes === 0 ? 'none was named, and no node is known' : 'no node may announce it; --all-nodes reads them all'
}

/** Nobody chose to read no hosts. */
function noHosts({ hosts: named }: DiagnoseRequest, adapters: JudgeAdapters, { hosts }: Gathered): Gap[] {
  const chosen = adapters.readHosts === null || hosts.length > 0 || named.length > 0
  if (chosen || nodesOf(adapters.context).length > 0) return []
  return [{ subject: 'hosts', reason: whyNone(adapters), hint: 'name them: --host NODE' }]
}

/** A bundle that could not be kept is no reason to lose the report. */
async function save(
  request: DiagnoseRequest,
  adapters: JudgeAdapters,
  gathered: Gathered,
  { baseline }: FactTable,
): Promise<Gap[]> {
  const { saveBundle, context } = adapters
  if (saveBundle === null) return []
  try {
    await saveBundle(bundleOf(request, context, gathered, baseline?.known ? baseline.value : undefined))
    return []
  } catch (error) {
    if (error instanceof CannotLook) return [error.gap]
    throw error
  }
}

/** What was not sought is not there: its rules are out of scope, not skipped. */
async function factsOf(
  { question }: DiagnoseRequest,
  { context, baseline }: JudgeAdapters,
  { seen, hosts, attribution, agents }: Gathered,
): Promise<FactTable> {
  const { view } = context
  return {
    question: known(questionOf(question, seen, context), 'command line'),
    wire: seen.wire,
    ...vantageFacts(seen),
    ...neighbourFacts(context),
    ...agentFacts(context, { agents }),
    attribution: known(attribution, 'wire, hosts and operator'),
    ...(view
      ? clusterFacts(view)
      : { expected: known(expectedWithoutCluster({ seen, hosts, attribution }), 'adverts of VRRP') }),
    ...(hosts.length > 0 ? { hosts: atLeastOne(hosts) } : {}),
    ...(context.history ? { history: known(context.history, 'the history of a watch') } : {}),
    ...(await baselineOf(question.vips.map(formatIp), context, baseline)),
  }
}

/** What the VIPs were before, by a history or by the last run. */
async function baselineOf(
  asked: readonly string[],
  { view, history, baseline: kept }: ScanContext,
  store: JudgeAdapters['baseline'],
): Promise<Pick<FactTable, 'baseline'>> {
  if (kept) return { baseline: known(kept, 'the bundle') }
  if (!view || (store === null && history === undefined)) return {}
  const now = bindingsNow(view)
  const compared = history ? compareWithHistory(history, now) : store && (await compareBindings(store, now))
  if (!compared) return {}
  return { baseline: view.known ? mapKnown(compared, (facts) => concerning(asked, view.value, facts)) : compared }
}

function atLeastOne(hosts: readonly Host[]): Known<readonly Host[]> {
  if (hosts.some(({ reached }) => reached)) return known(oneEachMachine(hosts), 'hosts')
  return unknown('hosts', 'none could be read', 'see the gaps')
}

/** Outside of Kubernetes VRRP alone says who should answer. */
function expectedWithoutCluster({
  seen,
  hosts,
  attribution,
}: Pick<Gathered, 'seen' | 'hosts' | 'attribution'>): ExpectedAnswers {
  return seen.wire.known ? expectedByVrrp(seen.wire.value, hosts, attribution) : new Map()
}

/** Without a wire the VIPs still have a Service and an expected node. */
function addresses(
  question: Question,
  named: readonly string[],
  { context, names }: JudgeAdapters,
  gathered: Gathered,
): AddressLine[] {
  const { seen, attribution, hosts } = gathered
  const expected = context.view?.known
    ? context.view.value.expected
    : context.view
      ? new Map()
      : expectedWithoutCluster(gathered)
  const all = { ...clusterNames(expected, attribution, names), lookFrom: lookFrom(context, named, hosts) }
  return addressesSeen(seen, question, all, (_, ip) => settledByHosts(ip, question, hosts))
}

/**
 * The machine that captures holds the address and was read, so its own half is judged by the rules on hosts; whoever else answers,
 * the wire shows.
 */
function settledByHosts(ip: string, { own, probed }: Question, hosts: readonly Host[]): boolean {
  const isOurs = ({ mac }: { mac: number | null }) => mac !== null && own.macs.includes(mac)
  return (
    probed &&
    own.ips.some((held) => formatIp(held) === ip) &&
    hosts.some(
      ({ sections: { links, addresses } }) =>
        links.known && links.value.some(isOurs) && addresses.known && addresses.value.some((held) => held.ip === ip),
    )
  )
}

function cutBundle(): Gap {
  return {
    subject: '--save',
    reason: 'the bundle holds only the first part of the capture',
    hint: 'keep all of it: l2doctor scan --write FILE',
  }
}
