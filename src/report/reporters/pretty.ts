import { inert, printable, printableReport } from '../printable.js'
import type { Report } from '../report.js'
import { checks } from './pretty/checks.js'
import { closing } from './pretty/closing.js'
import { diagnosis, plan } from './pretty/diagnosis.js'
import { expectations } from './pretty/expectations.js'
import { findings } from './pretty/findings.js'
import { header } from './pretty/header.js'
import { hosts } from './pretty/hosts.js'
import { responders } from './pretty/responders.js'
import { styleFor } from './pretty/style.js'
import { toAscii } from './pretty/text.js'
import { accepted, unchecked } from './pretty/unchecked.js'
import type { RenderOptions, Reporter } from './registry.js'

const FULL = [header, expectations, hosts, checks, responders, findings, accepted, unchecked, closing]
/** What is wrong and why comes first, the plan after it, what could not be checked last. */
const DIAGNOSED = [header, expectations, diagnosis, responders, plan, hosts, checks, accepted, unchecked, closing]
const QUIET = [expectations, findings, closing]
const QUIET_DIAGNOSED = [expectations, diagnosis, closing]

/** For a person at a terminal: what was looked at, what was found, what to do. */
export const pretty: Reporter = (report, options) => {
  const style = styleFor(options)
  const shown = printableReport(report, options.unicode ? printable : (text) => toAscii(printable(text)))
  const sections = sectionsOf(report, options).map((section) => section(shown, style))
  const text = sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
  return `${inert(text)}\n`
}

function sectionsOf({ diagnosis }: Report, { quiet }: RenderOptions) {
  if (diagnosis === null) return quiet ? QUIET : FULL
  return quiet ? QUIET_DIAGNOSED : DIAGNOSED
}
