import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { keyName } from '../cluster/key.js'
import type { Memory, VipState, WatchedWindow } from '../watch/model.js'

/** What Prometheus reads of a watch. No label is a MAC, and no address one that is not watched. */
export interface WatchMetrics {
  observed(window: WatchedWindow): void
  vantage(device: string, up: boolean): void
  /** Text format 0.0.4. */
  text(): Promise<string>
  readonly contentType: string
}

const VIP = ['vip', 'family', 'service_namespace', 'service'] as const
/** An owner answers within a millisecond, a kernel's proxy within 0.8 s; later than 2 s is an outage. */
const ANSWER_SECONDS = [0.0005, 0.001, 0.005, 0.02, 0.1, 0.5, 1, 2]
/** Many clients that ask often get one text, seconds. */
const FRESH_MS = 1000

export function watchMetrics(version: string): WatchMetrics {
  const registry = new Registry()
  const m = metricsIn(registry)
  const memories = new Map<string, Pick<WatchedWindow, 'memory' | 'asked'>>()
  let rendered: { readonly at: number; readonly text: Promise<string> } | null = null
  m.build.set({ version }, 1)
  return {
    contentType: registry.contentType,
    vantage: (device, up) => {
      m.up.set({ interface: device }, up ? 1 : 0)
      rendered = null
    },
    observed: (window) => {
      const before = memories.get(window.interface)?.memory
      memories.set(window.interface, window)
      countFrames(m, window)
      observeAnswers(m, window)
      for (const [ip, vip] of before?.vips ?? []) if (!window.memory.vips.has(ip)) m.answer.remove(labelsOf(vip))
      setAll(m, [...memories.values()])
      rendered = null
    },
    text: () => {
      const now = performance.now()
      if (rendered === null || now - rendered.at > FRESH_MS) rendered = { at: now, text: registry.metrics() }
      return rendered.text
    },
  }
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
    arp: counter('l2doctor_arp_frames_total', 'ARP frames that were heard.', ['interface']),
    nd: counter('l2doctor_nd_frames_total', 'Messages of IPv6 neighbour discovery that were heard.', ['interface']),
    dropped: counter('l2doctor_frames_dropped_total', 'Frames that the kernel dropped before they were read.', [
      'interface',
    ]),
    findings: gauge('l2doctor_findings', 'Findings that stand, by the rule that found them.', ['rule', 'severity']),
    responders: gauge('l2doctor_vip_responders', 'Machines that answered for the address in the last window.', VIP),
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
  if (!asked) return
  for (const { ip, timeline } of report.addresses) {
    const vip = memory.vips.get(ip)
    if (vip === undefined) continue
    for (const { answers } of timeline) for (const { afterMs } of answers) answer.observe(labelsOf(vip), afterMs / 1000)
  }
}

/** All series anew, so that those of an address that has gone go. A listener that does not ask has no verdict, and one that is blind neither. */
function setAll(m: Metrics, windows: readonly Pick<WatchedWindow, 'memory' | 'asked'>[]): void {
  for (const one of [m.responders, m.expected, m.owner, m.moves, m.lastAnswer, m.findings]) one.reset()
  for (const { memory, asked } of windows) {
    setFindings(m, memory)
    for (const vip of memory.vips.values()) setVip(m, vip, asked)
  }
}

function setVip(m: Metrics, vip: VipState, asked: boolean): void {
  const of = labelsOf(vip)
  m.moves.inc(of, vip.moves)
  if (vip.lastAnswerAt !== null) m.lastAnswer.set(of, Date.parse(vip.lastAnswerAt) / 1000)
  if (vip.owner !== null) m.owner.set({ ...of, node: vip.owner.node ?? '' }, 1)
  if (!asked || vip.verdict === 'inconclusive') return
  m.responders.set(of, vip.responders.length)
  if (vip.answersAsExpected !== null) m.expected.set(of, vip.answersAsExpected ? 1 : 0)
}

function setFindings({ findings }: Metrics, memory: Memory): void {
  for (const { finding } of memory.findings.values())
    findings.inc({ rule: finding.rule, severity: finding.severity }, 1)
}

/** Of an address of several Services the first. */
function labelsOf({ ip, services: [first = ''] }: VipState) {
  const { namespace, name } = keyName(first)
  return {
    vip: ip,
    family: ip.includes(':') ? 'ipv6' : 'ipv4',
    service_namespace: namespace,
    service: name,
  }
}
