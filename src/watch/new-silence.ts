import { once } from '../once.js'
import { judgeAddress } from '../report/doubts.js'
import type { ReportedAddress, ReportedFinding } from '../report/report.js'
import { allRules } from '../rules/registry.js'
import type { JudgedWindow, Memory } from './model.js'

/** A window that was not seen whole, without the silence that no window before it shows, nor what explains that by the wire: its addresses are unknown. */
export function withoutNewSilence(
  window: JudgedWindow,
  unseen: string,
  { findings: standing }: Pick<Memory, 'findings'>,
): JudgedWindow {
  const { report } = window
  const isNew = ({ fingerprint }: ReportedFinding) => !standing.has(fingerprint)
  const silences = report.findings.filter((one) => one.symptom === 'silence' && isNew(one))
  const isLeft = (one: ReportedFinding) =>
    silences.includes(one) || (isNew(one) && silences.some((silence) => explains(one, silence)))
  const findings = report.findings.filter((one) => !isLeft(one))
  const silent = new Set(silences.map(ipOf))
  const addresses = report.addresses.map((address) => {
    if (!silent.has(address.ip)) return address
    return judgeAddress(
      { ...address, doubt: { subject: address.ip, reason: `${unseen}; who was silent may have answered`, hint: '' } },
      isAnswered(address) ? findings : [],
    )
  })
  return { ...window, report: { ...report, findings, addresses } }
}

function explains(one: ReportedFinding, silence: ReportedFinding): boolean {
  return one.explains.includes(silence.rule) && ipOf(one) === ipOf(silence) && rulesOnWire(allRules).has(one.rule)
}

const rulesOnWire = once(
  (rules: typeof allRules) => new Set(rules.filter(({ needs }) => needs.includes('wire')).map(({ id }) => id)),
)

function ipOf({ subject }: ReportedFinding): string | null {
  return subject.kind === 'ip' ? subject.ip : null
}

function isAnswered({ timeline }: ReportedAddress): boolean {
  return timeline.some(({ answers }) => answers.length > 0)
}
