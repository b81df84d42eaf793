import type { Gap } from '../known.js'
import type { Report, ReportedAddress, ReportedExpectation } from '../report/report.js'
import type { VipExpectation } from './model.js'

/** What came of one expectation. */
export type Outcome = Pick<ReportedExpectation, 'status' | 'message'>

/** What a file expects of one VIP, or of each VIP of one Service. `clusterGap`: why the cluster could not be read. */
export function vipExpectations(vip: VipExpectation, report: Report, clusterGap: Gap | null): ReportedExpectation[] {
  const found = report.addresses.filter((address) => concerns(vip, address))
  if (found.length === 0) return addressExpectations(vip, nameOf(vip), null, report, clusterGap)
  return found.flatMap((address) => {
    // a Service may have several VIPs: each is held to the same
    const name = found.length === 1 ? nameOf(vip) : `${vip.service} at ${address.ip}`
    return addressExpectations(vip, name, address, report, clusterGap)
  })
}

function nameOf({ ip, service }: VipExpectation): string {
  return ip ?? service ?? ''
}

function concerns({ ip, service }: VipExpectation, address: ReportedAddress): boolean {
  return ip === null ? service !== null && address.services.includes(service) : address.ip === ip
}

function addressExpectations(
  vip: VipExpectation,
  name: string,
  address: ReportedAddress | null,
  report: Report,
  clusterGap: Gap | null,
): ReportedExpectation[] {
  const { responders, nodes, macs, answerWithinMs, service } = vip
  const hold = (id: string, title: string, outcome: Outcome): ReportedExpectation => ({
    id: `${name}/${id}`,
    title,
    ...outcome,
    findings: address ? findingsOn(address.ip, report) : [],
  })
  const onWire = (judge: (address: ReportedAddress) => Outcome) => {
    if (!address || !asked(address, report)) return notAsked(vip, name, report, clusterGap)
    return openAbout(address) ?? judge(address)
  }
  const who = responders === 1 ? 'machine answers' : 'machines answer'
  return [
    hold(
      'responders',
      `${responders} ${who} for ${name}`,
      onWire((on) => rightNumber(vip, on)),
    ),
    ...(vip.ip !== null && service !== null
      ? [hold('service', `${name} is a VIP of ${service}`, rightService(service, address, clusterGap))]
      : []),
    ...(nodes.length > 0
      ? [
          hold(
            'nodes',
            `only ${nodes.join(', ')} may answer for ${name}`,
            onWire((on) => onlyNodes(vip, on)),
          ),
        ]
      : []),
    ...(macs.length > 0
      ? [
          hold(
            'macs',
            `only ${macs.join(', ')} may answer for ${name}`,
            onWire((on) => onlyMacs(vip, on)),
          ),
        ]
      : []),
    ...(answerWithinMs === null
      ? []
      : [
          hold(
            'latency',
            `${name} answers within ${answerWithinMs} ms`,
            onWire((on) => inTime(answerWithinMs, on)),
          ),
        ]),
  ]
}

/** Without a capture, or with one that asked nothing, the wire says nothing. */
function asked(address: ReportedAddress, report: Report): boolean {
  return report.capture !== null && address.rounds > 0
}

/** Silence that proves nothing, as from another segment, neither holds an expectation nor breaks it. */
function openAbout({ verdict, because, claims }: ReportedAddress): Outcome | null {
  if (verdict !== 'inconclusive' || claims.length > 0) return null
  return { status: 'unknown', message: because ?? 'who answers was not seen' }
}

function notAsked({ ip, service }: VipExpectation, name: string, report: Report, clusterGap: Gap | null): Outcome {
  if (ip === null && clusterGap === null && !report.addresses.some((one) => one.services.includes(service ?? ''))) {
    return { status: 'failed', message: 'the cluster has no such Service, or it has no VIP' }
  }
  const gap = clusterGap !== null && ip === null ? clusterGap : report.gaps[0]
  return { status: 'unknown', message: `${name} was not asked${gap ? `: ${gapWords(gap)}` : ''}` }
}

function rightService(service: string, address: ReportedAddress | null, clusterGap: Gap | null): Outcome {
  if (clusterGap !== null) return { status: 'unknown', message: gapWords(clusterGap) }
  const services = address?.services ?? []
  const message = services.length > 0 ? `it is a VIP of ${services.join(', ')}` : 'no Service has it'
  return { status: services.includes(service) ? 'held' : 'failed', message }
}

function answering(address: ReportedAddress) {
  return address.claims.filter(({ rounds, replies }) => rounds > 0 || replies > 0)
}

function rightNumber({ responders }: VipExpectation, address: ReportedAddress): Outcome {
  const found = answering(address)
  const count = mostAtOnce(found, address)
  const who = found.map(({ mac, node }) => (node ? `${node} (${mac})` : mac)).join(', ') || 'nobody'
  const how = count < found.length ? `${found.length} answered, one after the other` : `${count} answered`
  return { status: count === responders ? 'held' : 'failed', message: `${how}: ${who}` }
}

/** A failover while we look shows two machines, but never at once: the first has answered for the last time before. */
function mostAtOnce(found: ReturnType<typeof answering>, { timeline }: ReportedAddress): number {
  const spans = found.map(({ mac }) => {
    const rounds = timeline.flatMap(({ answers }, at) => (answers.some((answer) => answer.mac === mac) ? [at] : []))
    return { first: rounds[0] ?? 0, last: rounds.at(-1) ?? timeline.length }
  })
  const during = (round: number) => spans.filter(({ first, last }) => first <= round && round <= last).length
  return Math.max(0, ...spans.map(({ first }) => during(first)))
}

function onlyNodes({ nodes }: VipExpectation, address: ReportedAddress): Outcome {
  const found = answering(address)
  const strange = found.filter(({ node }) => node !== null && !nodes.includes(node))
  if (strange.length > 0) return { status: 'failed', message: `${strange.map(({ node }) => node).join(', ')} answered` }
  const unnamed = found.filter(({ node }) => node === null)
  if (unnamed.length > 0) {
    const macs = unnamed.map(({ mac }) => mac).join(', ')
    return { status: 'unknown', message: `nobody knows whose MAC ${macs} is: audit the nodes, or name it with --mac` }
  }
  return { status: 'held', message: found.map(({ node }) => node).join(', ') || 'nobody answered' }
}

function onlyMacs({ macs }: VipExpectation, address: ReportedAddress): Outcome {
  const allowed = new Set(macs.map((mac) => mac.toLowerCase().replaceAll('-', ':')))
  const strange = answering(address).filter(({ mac }) => !allowed.has(mac))
  return strange.length > 0
    ? { status: 'failed', message: `${strange.map(({ mac }) => mac).join(', ')} answered` }
    : { status: 'held', message: 'no other MAC answered' }
}

function inTime(limit: number, address: ReportedAddress): Outcome {
  const medians = answering(address).flatMap(({ medianMs }) => (medianMs === null ? [] : [medianMs]))
  if (medians.length === 0) return { status: 'failed', message: 'nobody answered' }
  const slowest = Math.max(...medians)
  return { status: slowest <= limit ? 'held' : 'failed', message: `median answer after ${slowest} ms` }
}

function findingsOn(ip: string, report: Report): string[] {
  return report.findings
    .filter(({ subject }) => subject.kind === 'ip' && subject.ip === ip)
    .map(({ fingerprint }) => fingerprint)
}

export function gapWords({ subject, reason }: Gap): string {
  return `${subject}: ${reason}`
}
