import { printable } from '../printable.js'
import type { Reporter } from './registry.js'

export const pretty: Reporter = (report) => {
  const lines = report.findings.map((finding) => `${finding.severity} ${finding.rule}: ${finding.message}`)
  return `${printable([...lines, report.verdict].join('\n'))}\n`
}
