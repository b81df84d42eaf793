import type { Reporter } from './reporter.js'

/** Loaded on demand: a JSON run never pays for colours and tables. */
const LOADERS = {
  pretty: async () => (await import('./pretty.js')).pretty,
  json: async () => (await import('./json.js')).json,
  matrix: async () => (await import('./matrix.js')).matrix,
  junit: async () => (await import('./junit.js')).junit,
  github: async () => (await import('./github.js')).github,
  sarif: async () => (await import('./sarif.js')).sarif,
  html: async () => (await import('./html.js')).html,
  markdown: async () => (await import('./markdown.js')).markdown,
} satisfies Record<string, () => Promise<Reporter>>

export type OutputName = keyof typeof LOADERS
export const OUTPUT_NAMES = Object.keys(LOADERS) as readonly OutputName[]

export function loadReporter(name: OutputName): Promise<Reporter> {
  return LOADERS[name]()
}
