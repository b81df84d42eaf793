import type { Report, ReportedAddress, ReportedExpectation, ReportedFinding } from '../report/report.js'
import { type FailOn, fails, NO_FINDINGS } from '../report/verdict.js'
import type { CheckFile, VipExpectation } from './model.js'

type Outcome = Pick<ReportedExpectation, 'status' | 'message'>

/** Holds a check file against a report: one entry an expectation, in the order of the file. */
export function holdExpectations(file: CheckFile, report: Report): ReportedExpectation[] {
  return [
    ...file.vips.flatMap((vip) => vipExpectations(vip, report)),
    ...(file.failOn === 'never' ? [] : [noFindings(file.failOn, report)]),
    ...file.nodes.map((node) => nodeReached(node, report)),
  ]
}

function vipExpectations(vip: VipExpectation, report: Report): ReportedExpectation[] {
  const name = vip.ip ?? vip.service ?? ''
  const address = report.addresses.find(
    (one) => one.ip === vip.ip || (vip.service !== null && one.service === vip.service),
  )
  const hold = (id: string, title: string, judge: (address: ReportedAddress) => Outcome): ReportedExpectation => ({
    id: `${name}/${id}`,
    title,
    ...(address && asked(address, report) ? judge(address) : notLooked(name, report)),
    findings: address ? findingsOn(address.ip, report) : [],
  })
  return [
    hold(
      'responders',
      `${vip.responders} ${vip.responders === 1 ? 'machine answers' : 'machines answer'} for ${name}`,
      (on) => rightNumber(vip, on),
    ),
    ...(vip.nodes.length > 0
      ? [hold('nodes', `only ${vip.nodes.join(', ')} may answer for ${name}`, (on) => onlyNodes(vip, on))]
      : []),
    ...(vip.macs.length > 0
      ? [hold('macs', `only ${vip.macs.join(', ')} may answer for ${name}`, (on) => onlyMacs(vip, on))]
      : []),
    ...(vip.answerWithinMs === null
      ? []
      : [hold('latency', `${name} answers within ${vip.answerWithinMs} ms`, (on) => inTime(vip.answerWithinMs!, on))]),
  ]
}

/** Without a capture, or with one that asked nothing, the wire says nothing. */
function asked(address: ReportedAddress, report: Report): boolean {
  return report.capture !== null && address.rounds > 0
}

function notLooked(name: string, report: Report): Outcome {
  const reason = report.gaps[0] ? `: ${report.gaps[0].subject}: ${report.gaps[0].reason}` : ''
  return { status: 'unknown', message: `${name} was not asked${reason}` }
}

function answering(address: ReportedAddress) {
  return address.claims.filter(({ rounds, replies }) => rounds > 0 || replies > 0)
}

function rightNumber({ responders }: VipExpectation, address: ReportedAddress): Outcome {
  const found = answering(address)
  const who = found.map(({ mac, node }) => (node ? `${node} (${mac})` : mac)).join(', ') || 'nobody'
  return { status: found.length === responders ? 'held' : 'failed', message: `${found.length} answered: ${who}` }
}

function onlyNodes({ nodes }: VipExpectation, address: ReportedAddress): Outcome {
  const found = answering(address)
  const strange = found.filter(({ node }) => node !== null && !nodes.includes(node))
  if (strange.length > 0) return { status: 'failed', message: `${strange.map(({ node }) => node).join(', ')} answered` }
  const unnamed = found.filter(({ node }) => node === null)
  if (unnamed.length > 0) {
    return {
      status: 'unknown',
      message: `nobody knows whose MAC ${unnamed.map(({ mac }) => mac).join(', ')} is: audit the nodes, or name it with --mac`,
    }
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

function noFindings(failOn: FailOn, report: Report): ReportedExpectation {
  const failing = report.findings.filter((finding) => fails(finding, failOn))
  const outcome: Outcome =
    failing.length > 0
      ? { status: 'failed', message: failing.map(describe).join('; ') }
      : report.verdict === 'inconclusive'
        ? { status: 'unknown', message: 'too little could be looked at' }
        : { status: 'held', message: `${report.rulesRun.length} rules ran` }
  return {
    id: NO_FINDINGS,
    title: `no finding of severity ${failOn} or above`,
    ...outcome,
    findings: failing.map(({ fingerprint }) => fingerprint),
  }
}

function nodeReached(name: string, report: Report): ReportedExpectation {
  const reached = report.nodes.find((node) => node.name === name)?.reached === true
  const gap = report.gaps.find(({ subject }) => subject === name || subject.startsWith(`${name}:`))
  return {
    id: `node/${name}`,
    title: `${name} can be audited`,
    status: reached ? 'held' : 'unknown',
    message: reached ? 'read over SSH' : (gap?.reason ?? 'it was not read'),
    findings: [],
  }
}

function findingsOn(ip: string, report: Report): string[] {
  return report.findings
    .filter(({ subject }) => subject.kind === 'ip' && subject.id.split(' ')[0] === ip)
    .map(({ fingerprint }) => fingerprint)
}

function describe({ rule, subject }: ReportedFinding): string {
  return `${rule} (${subject.id})`
}
