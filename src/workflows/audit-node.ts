import type { FactTable } from '../facts/facts.js'
import type { Question } from '../facts/question.js'
import { type Gap, type Known, known, unknown } from '../known.js'
import { buildHost, type HostRecord, hostGaps } from '../node/host.js'
import type { Host } from '../node/model.js'
import type { Redactor } from '../node/redact.js'
import { reportNodes } from '../report/nodes.js'
import type { Report } from '../report/report.js'
import type { Suppression } from '../report/suppress.js'
import { formatIpv4, parseIpv4 } from '../wire/ipv4.js'

export interface AuditNodeRequest {
  readonly question: Question
  readonly suppressions: readonly Suppression[]
}

export interface AuditNodeAdapters {
  /** Reads the hosts, live or saved; each failure is a record of its own. `interrupted`: answer with what is there. */
  readonly readHosts: (interrupted: AbortSignal) => Promise<readonly HostRecord[]>
  /** `--save`; null when not asked for. */
  readonly save: ((records: readonly HostRecord[]) => Promise<void>) | null
  /** `--redact`: made once the host names are known; null when not asked for. */
  readonly redactor: ((records: readonly HostRecord[]) => Redactor) | null
  readonly now: () => Date
  readonly version: string
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
  const redactor = adapters.redactor?.(read)
  const records = redactor ? read.map((record) => redactor.record(record)) : read
  const question = redactor ? redactQuestion(request.question, redactor) : request.question
  await adapters.save?.(records)
  const hosts = records.map(buildHost)
  const facts: FactTable = { question: known(question, 'command line'), hosts: atLeastOne(hosts) }
  return conclude(hostRules, facts, {
    run: {
      command: 'audit-node',
      version: adapters.version,
      startedAt,
      endedAt: adapters.now().toISOString(),
      source: null,
      interrupted: interrupted.aborted,
    },
    suppressions: request.suppressions,
    capture: null,
    addresses: [],
    nodes: reportNodes(hosts),
    gaps: allGaps(records, hosts),
    couldLook: hosts.some(({ reached }) => reached),
  })
}

function atLeastOne(hosts: readonly Host[]): Known<readonly Host[]> {
  if (hosts.some(({ reached }) => reached)) return known(hosts, 'hosts')
  return unknown('hosts', hosts.length === 0 ? 'none was named' : 'none could be read', 'see the gaps')
}

function allGaps(records: readonly HostRecord[], hosts: readonly Host[]): Gap[] {
  return records.flatMap((record, at) => hostGaps(record, hosts[at]!))
}

function redactQuestion(question: Question, redactor: Redactor): Question {
  return { ...question, vips: question.vips.map((vip) => parseIpv4(redactor.ip(formatIpv4(vip))) ?? vip) }
}
