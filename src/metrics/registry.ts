import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { keyName } from '../cluster/key.js'
import { type Memory, type VipState, type WatchedWindow, wasAsked } from '../watch/model.js'
import { seenVerdict } from '../watch/vip-state.js'

/** What Prometheus reads of a watch. No label is a MAC, and no address one that is not watched. */
export interface WatchMetrics {
  observed(window: WatchedWindow): void
  vantage(device: string, up: boolean): void
  windowBegan(device: string): void
  /** The addresses whose first window of requests goes on. */
  verdictsDue(device: string, ips: readonly string[]): void
  /** `namespace/name` of all Services that have addresses, or wait for one. */
  services(names: readonly string[]): void
  /** One of them has other addresses now, or none. */
  serviceChanged(name: string): void
  /** The clock of this machine was set. */
  clockSet(): void
  /** A history could not be written. */
  historyFailed(): void
  /** Text format 0.0.4. */
  body(): Promise<Buffer>
  readonly contentType: string
}

const VIP = ['vip', 'family', 'service_namespace', 'service'] as const
/** An owner answers within a millisecond, a busy one in some, a kernel's proxy within 0.8 s. Each is one more series of each address. */
const ANSWER_SECONDS = [0.001, 0.01, 0.1, 1]

/** What is kept of an interface. */
type Kept = Pick<WatchedWindow, 'memory' | 'asked'>

export function watchMetrics(version: string): WatchMetrics {
  const registry = new Registry()
  const m = metricsIn(registry)
  const memories = new Map<string, Kept>()
  const due = new Map<string, readonly string[]>()
  let services: ReadonlySet<string> = new Set()
  /** Many clients that ask often get the same bytes until something is new. */
  let rendered: Promise<Buffer> | null = null
  m.build.set({ version }, 1)
  return {
    contentType: registry.contentType,
    vantage: (device, up) => {
      m.up.set({ interface: device }, up ? 1 : 0)
      rendered = null
    },
    windowBegan: (device) => {
      m.windows.inc({ interface: device })
      rendered = null
    },
    verdictsDue: (device, ips) => {
      if (due.get(device)?.join() === ips.join()) return
      due.set(device, ips)
      m.due.reset()
      for (const ip of [...due.values()].flat()) m.due.set({ vip: ip, family: familyOf(ip) }, 1)
      rendered = null
    },
    observed: (window) => {
      const before = memories.get(window.interface)?.memory
      const { memory, asked } = window
      memories.set(window.interface, { memory, asked })
      countFrames(m, window)
      observeAnswers(m, window)
      for (const [ip, vip] of before?.vips ?? [])
        if (!hasLabelsOf(vip, memory.vips.get(ip))) m.answer.remove(labelsOf(vip))
      setAll(m, [...memories.values()])
      rendered = null
    },
    services: (names) => {
      const there = new Set(names)
      for (const name of services) if (!there.has(name)) m.addressChanges.remove(serviceLabels(name))
      services = there
      for (const name of there) m.addressChanges.inc(serviceLabels(name), 0)
      rendered = null
    },
    serviceChanged: (name) => {
      m.addressChanges.inc(serviceLabels(name))
      rendered = null
    },
    clockSet: () => {
      m.clockSteps.inc()
      rendered = null
    },
    historyFailed: () => {
      m.historyFailures.inc()
      rendered = null
    },
    body: () => {
      rendered ??= bytesOf(registry)
      return rendered
    },
  }
}

/** One metric after the other: of hundreds of addresses all of them at once are megabytes. */
async function bytesOf(registry: Registry): Promise<Buffer> {
  const parts: Buffer[] = []
  for (const { name } of registry.getMetricsAsArray())
    parts.push(Buffer.from(`${await registry.getSingleMetricAsString(name)}\n\n`))
  return Buffer.concat(parts)
}

type Metrics = ReturnType<typeof metricsIn>

function metricsIn(registry: Registry) {
  const registers = [registry]
  const gauge = <T extends string>(name: string, help: string, labelNames: readonly T[]) =>
    new Gauge({ name, help, labelNames, registers })
  const counter = <T extends string>(name: string, help: string, labelNames: readonly T[]) =>
    new Counter({ name, help, labelNames, registers })
  return {
    build: gauge('l2doctor_build_info', 'The version of l2doctor that watches.', ['version']),
    up: gauge('l2doctor_vantage_up', 'Whether the interface is heard; at 0 nothing is known of what it shows.', [
      'interface',
    ]),
    windows: counter(
      'l2doctor_windows_total',
      'Windows that have begun; a line of --log json names the one that it is of.',
      ['interface'],
    ),
    arp: counter('l2doctor_arp_frames_total', 'ARP frames that were heard.', ['interface']),
    nd: counter('l2doctor_nd_frames_total', 'Messages of IPv6 neighbour discovery that were heard.', ['interface']),
    dropped: counter('l2doctor_frames_dropped_total', 'Frames that the kernel dropped before they were read.', [
      'interface',
    ]),
    addressChanges: counter(
      'l2doctor_service_address_changes_total',
      'How often a Service that had addresses got others, or lost them.',
      ['service_namespace', 'service'],
    ),
    clockSteps: counter(
      'l2doctor_clock_steps_total',
      'How often the clock of this machine was set by 1 s or more; a window with a step in it begins no silence and ends nothing.',
      [],
    ),
    historyFailures: counter(
      'l2doctor_history_write_failures_total',
      'How often the file of --history could not be written; what waits is tried again.',
      [],
    ),
    findings: gauge('l2doctor_findings', 'Findings that stand, by the rule that found them.', ['rule', 'severity']),
    vipFindings: gauge('l2doctor_vip_findings', 'Findings that stand about the address, by the rule that found them.', [
      ...VIP,
      'rule',
      'severity',
    ]),
    responders: gauge('l2doctor_vip_responders', 'Machines that answered for the address in the last window.', VIP),
    due: gauge(
      'l2doctor_vip_verdict_due',
      'The first window goes on in which requests are sent for the address, or is the next one; there is a verdict at its end.',
      ['vip', 'family'],
    ),
    expected: gauge('l2doctor_vip_expected_answers', 'Whether those that should answer did, and no other.', VIP),
    owner: gauge('l2doctor_vip_owner_info', 'The node that answered alone last; empty where it is no known node.', [
      ...VIP,
      'node',
    ]),
    moves: counter('l2doctor_vip_moves_total', 'How often another machine took the address over.', VIP),
    lastAnswer: gauge(
      'l2doctor_vip_last_answer_timestamp_seconds',
      'When an answer for the address was heard last.',
      VIP,
    ),
    answer: new Histogram({
      name: 'l2doctor_vip_answer_seconds',
      help: 'How long after a request each answer came.',
      labelNames: VIP,
      buckets: ANSWER_SECONDS,
      registers,
    }),
  }
}

function countFrames({ arp, nd, dropped }: Metrics, { interface: device, report: { capture } }: WatchedWindow): void {
  if (capture === null) return
  const of = { interface: device }
  arp.inc(of, capture.arp)
  nd.inc(of, capture.nd.neighborSolicitations + capture.nd.neighborAdvertisements)
  if (capture.dropped !== null) dropped.inc(of, capture.dropped)
}

function observeAnswers({ answer }: Metrics, { report, memory, asked }: WatchedWindow): void {
  for (const { ip, timeline } of report.addresses) {
    const vip = memory.vips.get(ip)
    if (vip === undefined || !wasAsked(asked, ip)) continue
    for (const { answers } of timeline) for (const { afterMs } of answers) answer.observe(labelsOf(vip), afterMs / 1000)
  }
}

/** All series anew, so that those of an address that has gone go. A listener that does not ask has no verdict, and one that is blind neither. */
function setAll(m: Metrics, windows: readonly Kept[]): void {
  for (const one of [m.responders, m.expected, m.owner, m.moves, m.lastAnswer, m.findings, m.vipFindings]) one.reset()
  for (const { memory, asked } of windows) {
    setFindings(m, memory)
    for (const vip of memory.vips.values()) setVip(m, vip, wasAsked(asked, vip.ip))
  }
}

function setVip(m: Metrics, vip: VipState, asked: boolean): void {
  const of = labelsOf(vip)
  m.moves.inc(of, vip.moves)
  if (vip.lastAnswerAt !== null) m.lastAnswer.set(of, Date.parse(vip.lastAnswerAt) / 1000)
  if (vip.owner !== null) m.owner.set({ ...of, node: vip.owner.node ?? '' }, 1)
  if (!asked || seenVerdict(vip) === 'inconclusive') return
  m.responders.set(of, vip.responders.length)
  if (vip.answersAsExpected !== null) m.expected.set(of, vip.answersAsExpected ? 1 : 0)
}

/** Of an address that is not watched only that there is something. What requests have shown is for the one to say that sends them now. */
function setFindings({ findings, vipFindings }: Metrics, { findings: standing, vips }: Memory): void {
  for (const { finding, isLeft } of standing.values()) {
    if (isLeft) continue
    const { rule, severity, subject } = finding
    findings.inc({ rule, severity }, 1)
    const vip = subject.kind === 'ip' ? vips.get(subject.ip) : undefined
    if (vip !== undefined) vipFindings.inc({ ...labelsOf(vip), rule, severity }, 1)
  }
}

function serviceLabels(key: string) {
  const { namespace, name } = keyName(key)
  return { service_namespace: namespace, service: name }
}

/** Of an address of several Services the first. */
function labelsOf({ ip, services: [first = ''] }: VipState) {
  return { vip: ip, family: familyOf(ip), ...serviceLabels(first) }
}

/** False for an address that has gone, and where another Service has it now. */
function hasLabelsOf({ services: [first] }: VipState, now: VipState | undefined): boolean {
  return now !== undefined && now.services[0] === first
}

function familyOf(ip: string): string {
  return ip.includes(':') ? 'ipv6' : 'ipv4'
}
