import { atHand } from '../at-hand.js'
import { inert, printable, printableReport } from '../printable.js'
import type { Report } from '../report.js'
import { checks } from './pretty/checks.js'
import { cure } from './pretty/cure.js'
import { expectations } from './pretty/expectations.js'
import { findings } from './pretty/findings.js'
import { hosts } from './pretty/hosts.js'
import { lookedAt } from './pretty/looked-at.js'
import { neighbourTables } from './pretty/neighbour-tables.js'
import { opening } from './pretty/opening.js'
import { others } from './pretty/others.js'
import { places } from './pretty/places.js'
import { responders } from './pretty/responders.js'
import { type Style, styleFor } from './pretty/style.js'
import { toAscii } from './pretty/text.js'
import { accepted, unchecked } from './pretty/unchecked.js'
import { why } from './pretty/why.js'
import type { RenderOptions, Reporter } from './reporter.js'

type Section = (report: Report, style: Style) => string[]

/** Blocks of sections, with an empty line between them. One screen: the verdict, what it rests on, and what to do. */
const SCREEN: Section[][] = [
  ...[[opening], [expectations], [places], [responders], [neighbourTables], [why, lookedAt]],
  ...[[cure, others], [hosts], [accepted], [unchecked]],
]
/** All that is known: every finding whole instead of the one to act on. */
const VERBOSE: Section[][] = [
  ...[
    [opening],
    [expectations],
    [places],
    [responders],
    [neighbourTables],
    [findings],
    [hosts],
    [checks],
    [accepted],
    [unchecked],
  ],
  [lookedAt],
]
const QUIET: Section[][] = [[opening], [expectations]]

/** For a person at a terminal: what is wrong, why, what to do; then who answers and how far it was looked at. */
export const pretty: Reporter = (report, options) => {
  const style = styleFor(options)
  const shown = printableReport(atHand(report), options.unicode ? printable : (text) => toAscii(printable(text)))
  const text = sectionsOf(options)
    .map((block) => block.flatMap((section) => section(shown, style)))
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
  return `${inert(text)}\n`
}

function sectionsOf({ quiet, verbose }: RenderOptions): Section[][] {
  return quiet ? QUIET : verbose ? VERBOSE : SCREEN
}
