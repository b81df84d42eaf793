import type { Reporter } from './registry.js'

/** Exactly one object, as docs/report.schema.json describes it. */
export const json: Reporter = (report) => `${JSON.stringify(report, null, 2)}\n`
