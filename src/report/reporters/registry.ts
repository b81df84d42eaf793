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

/** Loaded on demand: a JSON run never pays for colours and tables. */
const LOADERS = {
  pretty: async () => (await import('./pretty.js')).pretty,
  json: async () => (await import('./json.js')).json,
  matrix: async () => (await import('./matrix.js')).matrix,
  junit: async () => (await import('./junit.js')).junit,
  github: async () => (await import('./github.js')).github,
  sarif: async () => (await import('./sarif.js')).sarif,
  markdown: async () => (await import('./markdown.js')).markdown,
} satisfies Record<string, () => Promise<Reporter>>

export type OutputName = keyof typeof LOADERS
export const OUTPUT_NAMES = Object.keys(LOADERS) as readonly OutputName[]

export function loadReporter(name: OutputName): Promise<Reporter> {
  return LOADERS[name]()
}
