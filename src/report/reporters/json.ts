import { printableJson } from '../printable.js'
import type { Reporter } from './reporter.js'

/** Exactly one object, as docs/report.schema.json describes it. */
export const json: Reporter = (report) => `${printableJson(report)}\n`
