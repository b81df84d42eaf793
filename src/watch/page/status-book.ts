import { subjectText } from '../../rules/subject.js'
import { shiftedMemory, shiftedTime } from '../clock-set.js'
import { type Memory, NOTHING_YET, type StandingFinding, type VipState, type WatchedWindow } from '../model.js'
import { seenVerdict } from '../vip-state.js'
import { type LastHour, runsOf, shiftedHour, withWindow } from './last-hour.js'
import { RULES_AT } from './places.js'
import type { FindingStatus, Status, VipStatus } from './status.js'

/** Of each kind the worst are listed, so that no answer of the server is of any size. */
const MOST = { vips: 2000, findings: 500, expectations: 500, machines: 8 } as const

interface Interface {
  up: boolean
  asks: boolean | null
  judgedAt: string | null
  memory: Memory
  hours: ReadonlyMap<string, LastHour>
}

/** What is known now of all interfaces. It keeps one state and one hour of each address, and nothing of those that are gone. */
export class StatusBook {
  /** Another number whenever something is new. */
  version = 0
  private readonly interfaces = new Map<string, Interface>()
  private readonly tool: Status['tool']

  constructor(version: string) {
    this.tool = { name: 'l2doctor', version }
  }

  vantage(device: string, up: boolean): void {
    this.of(device).up = up
    this.version += 1
  }

  /** What was noted by a clock that was set back since is told by the one that there is now. */
  clockSet(byMs: number): void {
    const minutes = Math.round(Math.min(0, byMs) / 60_000)
    for (const one of this.interfaces.values()) {
      one.memory = shiftedMemory(one.memory, byMs)
      one.judgedAt = one.judgedAt && shiftedTime(one.judgedAt, byMs)
      one.hours = new Map([...one.hours].map(([ip, hour]) => [ip, shiftedHour(hour, minutes)]))
    }
    this.version += 1
  }

  observed({ interface: device, memory, report, asked }: WatchedWindow): void {
    const one = this.of(device)
    const [startedAt, endedAt] = [Date.parse(report.run.startedAt), Date.parse(report.run.endedAt)]
    one.hours = new Map(
      [...memory.vips.values()].map((vip) => [
        vip.ip,
        withWindow(one.hours.get(vip.ip) ?? [], { ...vip, verdict: seenVerdict(vip) }, startedAt, endedAt),
      ]),
    )
    one.memory = memory
    one.asks = typeof asked === 'boolean' ? asked : asked.size > 0
    one.judgedAt = report.run.endedAt
    this.version += 1
  }

  status(): Status {
    const all = [...this.interfaces]
    const vips = all.flatMap(([device, { memory }]) => {
      const failed = failedByIp(memory)
      return [...memory.vips.values()].map((vip) => ({ device, vip, failed: failed.get(vip.ip) ?? [] }))
    })
    const known = all.flatMap(([device, { memory }]) =>
      [...memory.findings.values()].map((standing) => ({ device, standing })),
    )
    const findings = known.filter(({ standing }) => !standing.isLeft)
    const expectations = all.flatMap(([device, { memory }]) =>
      [...memory.expectations.values()].map(({ title, status, message }) => ({
        interface: device,
        title,
        status,
        message,
      })),
    )
    const counted = (verdict: VipState['verdict']) => vips.filter(({ vip }) => vip.verdict === verdict).length
    return {
      schemaVersion: 1,
      tool: this.tool,
      at:
        all
          .flatMap(([, { judgedAt }]) => judgedAt ?? [])
          .sort()
          .at(-1) ?? null,
      interfaces: all.map(([name, { up, asks, judgedAt }]) => ({ name, up, asks, judgedAt })),
      vips: worstFirst(vips, ({ vip, failed }) => VERDICTS[failed.length > 0 ? 'findings' : vip.verdict])
        .slice(0, MOST.vips)
        .map(({ device, vip, failed }) => this.vipStatus(device, vip, failed)),
      findings: worstFirst(findings, ({ standing }) => SEVERITIES[standing.finding.severity])
        .slice(0, MOST.findings)
        .map(({ device, standing }) => findingStatus(device, standing)),
      expectations: worstFirst(expectations, ({ status }) => STATUSES[status]).slice(0, MOST.expectations),
      counts: {
        healthy: counted('healthy'),
        findings: counted('findings'),
        inconclusive: counted('inconclusive'),
        standing: findings.length,
        left: known.length - findings.length,
        expectations: expectations.length,
      },
    }
  }

  private vipStatus(device: string, vip: VipState, failedExpectations: string[]): VipStatus {
    const { ip, services, verdict, because, responders, expected, answersAsExpected } = vip
    const { owner, ownerSince, moves, lastAnswerAt } = vip
    return {
      ip,
      interface: device,
      services: [...services],
      verdict,
      because,
      responders: responders.slice(0, MOST.machines),
      expected,
      answersAsExpected,
      failedExpectations,
      owner,
      ownerSince,
      moves,
      lastAnswerAt,
      lastHour: runsOf(this.of(device).hours.get(ip) ?? []),
    }
  }

  private of(device: string): Interface {
    const known = this.interfaces.get(device)
    if (known !== undefined) return known
    const fresh: Interface = { up: false, asks: null, judgedAt: null, memory: NOTHING_YET, hours: new Map() }
    this.interfaces.set(device, fresh)
    return fresh
  }
}

/** What each address fails of the check file. The id of an expectation begins with its address. */
function failedByIp({ expectations }: Memory): ReadonlyMap<string, string[]> {
  const failed = new Map<string, string[]>()
  for (const { id, title, status, message } of expectations.values()) {
    if (status !== 'failed') continue
    const ip = id.slice(0, id.lastIndexOf('/'))
    failed.set(ip, [...(failed.get(ip) ?? []), `${title}: ${message}`])
  }
  return failed
}

function findingStatus(device: string, { finding, since }: StandingFinding): FindingStatus {
  const { rule, title, severity, certainty, because, subject, message } = finding
  return {
    interface: device,
    rule,
    title,
    severity,
    certainty,
    because,
    subject: subjectText(subject),
    message,
    since,
    docs: `${RULES_AT}${rule}`,
  }
}

const VERDICTS: Record<VipState['verdict'], number> = { findings: 0, inconclusive: 1, healthy: 2 }
const SEVERITIES: Record<FindingStatus['severity'], number> = { error: 0, warning: 1, info: 2 }
const STATUSES: Record<Status['expectations'][number]['status'], number> = { failed: 0, unknown: 1, held: 2 }

function worstFirst<T>(all: readonly T[], rank: (one: T) => number): T[] {
  return [...all].sort((one, other) => rank(one) - rank(other))
}
