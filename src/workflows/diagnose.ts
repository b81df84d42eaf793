import { clusterFacts, clusterGaps } from '../facts/cluster-view.js'
import type { ExpectedAnswers } from '../facts/expected.js'
import type { FactTable } from '../facts/facts.js'
import { relate } from '../facts/relations.js'
import { CannotLook, type Gap, type Known, known, unknown } from '../known.js'
import { type HostRecord, hostGaps } from '../node/host.js'
import type { Host } from '../node/model.js'
import { reportAddresses } from '../report/addresses.js'
import { reportCapture } from '../report/assemble.js'
import { addressesOf, clusterNames } from '../report/cluster-names.js'
import { reportNodes } from '../report/nodes.js'
import type { Report, ReportedAddress } from '../report/report.js'
import { allRules } from '../rules/registry.js'
import { formatIpv4 } from '../wire/ipv4.js'
import { type Bundle, bundleOf } from './bundle.js'
import { conclude } from './conclude.js'
import { type Gathered, gather, type HostTarget } from './gather.js'
import { questionOf, type ScanAdapters, type ScanRequest } from './scan.js'
import { sawWire } from './see.js'
import { type BaselineStore, bindingsNow, compareBindings } from './vip-baseline.js'

export interface DiagnoseRequest extends ScanRequest {
  /** Hosts named by the operator, read in any case. */
  readonly hosts: readonly string[]
  /** Every node of the cluster, not only those that matter. */
  readonly allNodes: boolean
}

export interface DiagnoseAdapters extends ScanAdapters {
  /** Null when hosts were not to be read. Each failure is a record of its own. */
  readonly readHosts:
    | ((targets: readonly HostTarget[], interrupted: AbortSignal) => Promise<readonly HostRecord[]>)
    | null
  /** `--baseline`; null when not asked for. */
  readonly baseline: BaselineStore | null
  /** Keeps all that was looked at; null when not asked for. */
  readonly saveBundle: ((bundle: Bundle) => Promise<void>) | null
}

/** Wire, cluster and hosts → one set of facts → symptoms with their causes. */
export async function diagnose(
  request: DiagnoseRequest,
  adapters: DiagnoseAdapters,
  interrupted: AbortSignal,
): Promise<Report> {
  const startedAt = adapters.now().toISOString()
  const gathered = await gather(request, adapters, interrupted)
  const { seen, kept, records, hosts } = gathered
  const { view, gaps } = adapters.context
  const facts = await factsOf(request, adapters, gathered)
  const unsaved = await save(request, adapters, gathered)
  return conclude(allRules, facts, {
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
    addresses: addresses(request, adapters, gathered),
    nodes: reportNodes(hosts),
    gaps: [
      ...seen.gaps,
      ...gaps,
      ...gathered.gaps,
      ...(view ? clusterGaps(view) : []),
      ...records.flatMap((record, at) => hostGaps(record, hosts[at]!)),
      ...(kept && !kept.isWhole() ? [cutBundle()] : []),
      ...unsaved,
    ],
    couldLook: unsaved.length === 0 && sawWire(seen) && view?.known !== false && facts.hosts?.known !== false,
    relations: relate(facts),
  })
}

/** A bundle that could not be kept is no reason to lose the report. */
async function save(request: DiagnoseRequest, adapters: DiagnoseAdapters, gathered: Gathered): Promise<Gap[]> {
  const { saveBundle, context } = adapters
  if (saveBundle === null) return []
  try {
    await saveBundle(bundleOf(request, context.owners, context.view, gathered))
    return []
  } catch (error) {
    if (error instanceof CannotLook) return [error.gap]
    throw error
  }
}

/** What was not sought is not there: its rules are out of scope, not skipped. */
async function factsOf(
  { question }: DiagnoseRequest,
  { context: { view }, baseline }: DiagnoseAdapters,
  { seen, hosts, attribution }: Gathered,
): Promise<FactTable> {
  return {
    question: known(questionOf(question, seen), 'command line'),
    wire: seen.wire,
    attribution: known(attribution, 'wire, hosts and operator'),
    ...(view ? clusterFacts(view) : { expected: known(new Map(), 'no cluster') }),
    ...(hosts.length > 0 ? { hosts: atLeastOne(hosts) } : {}),
    ...(view && baseline ? { baseline: await compareBindings(baseline, bindingsNow(view)) } : {}),
  }
}

function atLeastOne(hosts: readonly Host[]): Known<readonly Host[]> {
  if (hosts.some(({ reached }) => reached)) return known(hosts, 'hosts')
  return unknown('hosts', 'none could be read', 'see the gaps')
}

/** Without a wire the VIPs still have a Service and an expected node. */
function addresses(
  { question }: DiagnoseRequest,
  { context: { view }, names }: DiagnoseAdapters,
  { seen, attribution }: Gathered,
): ReportedAddress[] {
  const expected: ExpectedAnswers = view?.known ? view.value.expected : new Map()
  const named = clusterNames(expected, attribution, names)
  if (seen.wire.known) return reportAddresses(seen.wire.value, named)
  const asked = new Set(question.vips.map(formatIpv4))
  return addressesOf(expected, named).filter(({ ip }) => asked.has(ip))
}

function cutBundle(): Gap {
  return {
    subject: '--save',
    reason: 'the bundle holds only the first part of the capture',
    hint: 'keep all of it: l2doctor scan --write FILE',
  }
}
