import { subjectText } from '../rules/subject.js'
import { shiftedLine } from './clock-set.js'
import { type HistoryLine, type LineOf, MOST_RESPONDERS } from './history-line.js'
import { type StandingFinding, type VipState, type WatchedWindow, wasAsked } from './model.js'
import { seenVerdict } from './vip-state.js'

/** What the lines of a history say of each subject at last, and which lines say what has changed since. */

/** A finding of an earlier watch has ended after so many windows of this one without it. */
const WINDOWS_TO_END = 2

/** A cluster is read each minute; where the reading before was longer ago, some failed, ms. */
const MISSED_MS = 180_000

/** A Service and its addresses, as `facts/baseline.ts` has it. */
export interface BoundService {
  /** `namespace/name`. */
  readonly service: string
  readonly ips: readonly string[]
  readonly nodes: Readonly<Record<string, string>>
  readonly announcers: readonly string[]
}

export class Standing {
  private readonly last = new Map<string, HistoryLine>()
  /** Windows of each interface in which something was seen, and the findings that this watch had. */
  private readonly windows = new Map<string, number>()
  private readonly had = new Set<string>()
  /** The addresses of which this watch has said something. */
  private readonly said = new Set<string>()
  /** The end of the last window of each interface in which something was seen. */
  private readonly judged = new Map<string, string>()
  /** When this watch has read the cluster last. */
  private readAt: string | null = null
  /** The Services that had no address then. */
  private waiting: ReadonlySet<string> = new Set()

  /** Takes what an earlier watch wrote. */
  constructor(lines: readonly HistoryLine[]) {
    for (const line of lines) this.note(line)
  }

  /** All that stands, each with its own time: what follows from no line that comes later. */
  lines(): HistoryLine[] {
    return [...this.last.values()]
  }

  /** How many lines that is. */
  get size(): number {
    return this.last.size
  }

  /** Until when every interface was seen; null before that. */
  get judgedUntil(): string | null {
    return [...this.judged.values()].sort()[0] ?? null
  }

  /** When the cluster was read last; null before that. */
  get readUntil(): string | null {
    return this.readAt
  }

  /** From then on all is said again, as at the begin of a watch. `byMs`: negative where the clock was set back. */
  clockSet(byMs: number): void {
    for (const [key, line] of this.last) this.last.set(key, shiftedLine(line, byMs))
    this.said.clear()
    this.judged.clear()
    this.readAt = null
    this.waiting = new Set()
  }

  /** What a window changed; it stands from now on. */
  window(window: WatchedWindow): HistoryLine[] {
    const { interface: device, report, memory } = window
    const at = report.run.endedAt
    if (report.truths.wire.read !== 'no') {
      this.windows.set(device, (this.windows.get(device) ?? 0) + 1)
      this.judged.set(device, at)
    }
    return this.noted([
      ...[...memory.vips.values()].map((vip) => vipLine(vip, window, at)).filter((line) => this.isNews(line)),
      ...this.of('vip', device)
        .filter(({ ip }) => !memory.vips.has(ip))
        .map(({ ip }): HistoryLine => ({ event: 'vip-gone', at, interface: device, ip })),
      ...[...memory.findings.values()].flatMap((one) => this.beginning(one, device)),
      ...this.of('finding-began', device)
        .filter(({ finding }) => !memory.findings.has(finding.fingerprint) && this.canEnd(finding.fingerprint, device))
        .map(
          ({ finding, at: since }): HistoryLine => ({ event: 'finding-ended', at, since, interface: device, finding }),
        ),
    ])
  }

  /** The gateways of an interface, where they are known and others than before. */
  segment(device: string, gateways: LineOf<'segment'>['gateways'], at: string): HistoryLine[] {
    const sorted = [...gateways].sort((one, other) => one.ip.localeCompare(other.ip))
    const line: LineOf<'segment'> = { event: 'segment', at, interface: device, gateways: sorted }
    return sorted.length === 0 || this.isSaid(line) ? [] : this.noted([line])
  }

  /** What changed of the Services of a cluster that was read whole. */
  services(bound: readonly BoundService[], at: string): HistoryLine[] {
    const there = new Set(bound.map(({ service }) => service))
    const gone = [...this.last.values()].filter(
      (line): line is LineOf<'service'> => line.event === 'service' && !there.has(line.service),
    )
    const none = gone.map(({ service }) => ({ service, ips: [], nodes: {}, announcers: [] }))
    const before = this.readAt
    this.readAt = at
    const isFirst = before === null // what it finds as an earlier watch left it, nobody saw in between
    const isMissed = !isFirst && Date.parse(at) - Date.parse(before) > MISSED_MS
    const lines = [...bound, ...none].map((one) => serviceLine(one, at))
    const news = lines.filter((line) =>
      this.waits(line) ? !this.waiting.has(line.service) : isFirst || !this.isSaid(line),
    )
    this.waiting = new Set(bound.flatMap(({ service, ips }) => (ips.length === 0 ? [service] : [])))
    return this.noted(news.map((line) => (isMissed ? { ...line, unseenFrom: before } : line)))
  }

  /** It has no address, and had none. */
  private waits(line: LineOf<'service'>): boolean {
    return line.ips.length === 0 && !this.last.has(keyOf(line))
  }

  private beginning({ finding, since }: StandingFinding, device: string): HistoryLine[] {
    const { rule, severity, certainty, subject, message, fingerprint } = finding
    this.had.add(`${device} ${fingerprint}`)
    if (this.last.has(`finding ${device} ${fingerprint}`)) return []
    const said = { rule, severity, certainty, subject: subjectText(subject), message, fingerprint }
    return [{ event: 'finding-began', at: since, interface: device, finding: said }]
  }

  private canEnd(fingerprint: string, device: string): boolean {
    return this.had.has(`${device} ${fingerprint}`) || (this.windows.get(device) ?? 0) >= WINDOWS_TO_END
  }

  private of<E extends 'vip' | 'finding-began'>(event: E, device: string): LineOf<E>[] {
    return [...this.last.values()].filter(
      (line): line is LineOf<E> => line.event === event && 'interface' in line && line.interface === device,
    )
  }

  /** A watch says once what it finds as an earlier one left it: nobody saw it in between. */
  private isNews(line: LineOf<'vip'>): boolean {
    const isFirst = !this.said.has(keyOf(line))
    this.said.add(keyOf(line))
    return isFirst || !this.isSaid(line)
  }

  private isSaid(line: LineOf<'vip' | 'service' | 'segment'>): boolean {
    const last = this.last.get(keyOf(line))
    return last !== undefined && said(last) === said(line)
  }

  private noted(lines: readonly HistoryLine[]): HistoryLine[] {
    for (const line of lines) this.note(line)
    return [...lines]
  }

  private note(line: HistoryLine): void {
    if (line.event === 'finding-ended') this.had.delete(`${line.interface} ${line.finding.fingerprint}`)
    if (line.event === 'vip' || line.event === 'finding-began' || line.event === 'segment')
      this.last.set(keyOf(line), line)
    else if (line.event === 'service' && line.ips.length > 0) this.last.set(keyOf(line), line)
    else this.last.delete(keyOf(line))
  }
}

function serviceLine({ service, ips, nodes, announcers }: BoundService, at: string): LineOf<'service'> {
  return { event: 'service', at, service, ips: [...ips], nodes, announcers: [...announcers] }
}

function vipLine(vip: VipState, { interface: device, asked }: WatchedWindow, at: string): LineOf<'vip'> {
  const { ip, services, owner, expected, because } = vip
  const responders = [...vip.responders].sort((one, other) => one.mac.localeCompare(other.mac))
  return {
    event: 'vip',
    at,
    interface: device,
    asked: wasAsked(asked, ip),
    ip,
    services: [...services],
    responders: responders.slice(0, MOST_RESPONDERS),
    owner,
    expected: expected && { node: expected.node, from: expected.from },
    verdict: seenVerdict(vip),
    because,
  }
}

/** What a line says, but for when and in which words. */
function said(line: HistoryLine): string {
  return JSON.stringify({ ...line, at: '', because: '', unseenFrom: '' })
}

/** Of lines about one subject the same. */
function keyOf(line: HistoryLine): string {
  switch (line.event) {
    case 'vip':
    case 'vip-gone':
      return `vip ${line.interface} ${line.ip}`
    case 'finding-began':
    case 'finding-ended':
      return `finding ${line.interface} ${line.finding.fingerprint}`
    case 'segment':
      return `segment ${line.interface}`
    case 'service':
      return `service ${line.service}`
    default:
      return line.event
  }
}
