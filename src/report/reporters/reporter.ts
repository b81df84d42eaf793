import type { Report } from '../report.js'

/** Where and how a report is shown; everything a reporter may know besides the report. */
export interface RenderOptions {
  readonly colour: boolean
  /** Columns of the terminal. */
  readonly width: number
  /** False on a terminal without UTF-8: ASCII stands in. */
  readonly unicode: boolean
  readonly quiet: boolean
  readonly verbose: boolean
}

/** A pure function from report to text; the text ends in a newline. */
export type Reporter = (report: Report, options: RenderOptions) => string
