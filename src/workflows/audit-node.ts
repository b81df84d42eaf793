import { answering } from '../facts/answers/table.js'
import type { Question } from '../facts/question.js'
import { type Gap, type Known, known, unknown } from '../known.js'
import { buildingHosts, coreGaps, type HostRecord, hostGaps } from '../node/host.js'
import type { Host } from '../node/model.js'
import { oneEachMachine } from '../node/same-machine.js'
import { reportNode } from '../report/nodes.js'
import type { Report } from '../report/report.js'
import type { Suppression } from '../report/suppress.js'
import { hostsTruth, notAsked, notRead } from '../report/truths.js'
import { ofEach, type Steps } from '../steps.js'
import type { Ip } from '../wire/ip.js'
import { WorkBudget } from '../work-budget.js'

export interface AuditNodeRequest {
  readonly question: Question
  readonly suppressions: readonly Suppression[]
}

export interface AuditNodeAdapters {
  /** Reads the hosts, live or saved; each failure is a record of its own. `interrupted`: answer with what is there. */
  readonly readHosts: (interrupted: AbortSignal) => Promise<readonly HostRecord[]>
  /** `--save`; null when not asked for. */
  readonly save: ((records: readonly HostRecord[]) => Promise<void>) | null
  /** `--redact`: the same hosts and VIPs under pseudonyms; null when not asked for. */
  readonly redact: ((read: Asked) => Steps<Asked>) | null
  /** What parsing and judging may take, in ms; absent: as usual. */
  readonly workMs?: number
  readonly now: () => Date
  readonly version: string
}

export interface Asked {
  readonly records: readonly HostRecord[]
  readonly vips: readonly Ip[]
}

/** Hosts → facts → report; the snapshots are kept where asked for. */
export async function auditNode(
  request: AuditNodeRequest,
  adapters: AuditNodeAdapters,
  interrupted: AbortSignal,
): Promise<Report> {
  const startedAt = adapters.now().toISOString()
  // the rules are loaded while the hosts answer
  const [read, { hostRules }, { conclude }] = await Promise.all([
    adapters.readHosts(interrupted),
    import('../rules/host-rules.js'),
    import('./conclude.js'),
  ])
  const budget = new WorkBudget(interrupted, adapters.workMs)
  await budget.run(buildingHosts(read))
  const asked: Asked = { records: read, vips: request.question.vips }
  const { records, vips } = adapters.redact ? await budget.run(adapters.redact(asked)) : asked
  const question = { ...request.question, vips }
  await adapters.save?.(records)
  const hosts = await budget.run(buildingHosts(records))
  const { facts, left } = await budget.run(
    answering({ question: known(question, 'command line'), hosts: atLeastOne(hosts) }),
  )
  const missing = (await budget.run(ofEach(records, (record, at) => sectionGaps(record, hosts[at]!)))).flat()
  const parts = {
    run: {
      command: 'audit-node',
      version: adapters.version,
      startedAt,
      endedAt: adapters.now().toISOString(),
      source: null,
      interrupted: interrupted.aborted,
    },
    suppressions: request.suppressions,
    truths: {
      wire: notAsked('audit-node reads hosts only'),
      cluster: notAsked('audit-node reads hosts only'),
      hosts: hosts.length === 0 ? notRead(NONE_NAMED) : hostsTruth(hosts, missing),
    },
    capture: null,
    addresses: [],
    nodes: await budget.run(ofEach(hosts, reportNode)),
    doubts: hosts.length === 0 ? [NONE_NAMED] : [...hosts.flatMap((host, at) => unread(host, records[at]!)), ...left],
    gaps: missing,
  }
  return conclude(hostRules, facts, parts, budget)
}

function atLeastOne(hosts: readonly Host[]): Known<readonly Host[]> {
  if (hosts.some(({ reached }) => reached)) return known(oneEachMachine(hosts), 'hosts')
  return unknown('hosts', hosts.length === 0 ? 'none was named' : 'none could be read', 'see the gaps')
}

const NONE_NAMED: Gap = { subject: 'hosts', reason: 'none was named', hint: 'name them: l2doctor audit-node NODE …' }

/** Each host was named, so each one that could not be read, or not enough of it, leaves the question open. */
function unread(host: Host, record: HostRecord): Gap[] {
  return host.reached ? coreGaps(host) : hostGaps(record, host)
}

function sectionGaps(record: HostRecord, host: Host): Gap[] {
  return host.reached ? hostGaps(record, host) : []
}
