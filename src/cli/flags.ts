import * as Flags from '@oclif/core/flags'
import { OUTPUT_NAMES } from '../report/reporters/registry.js'

export const FAIL_ON = { options: ['error', 'warning', 'info', 'never'] as const, env: 'L2DOCTOR_FAIL_ON' }

/** Flags of every command that ends in a report. */
export const reportFlags = {
  output: Flags.string({
    char: 'o',
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'NAME[=FILE]',
    description: `how to print the report: ${OUTPUT_NAMES.join(', ')}; repeatable, with =FILE into a file (or L2DOCTOR_OUTPUT, a comma list)`,
    helpGroup: 'REPORT',
  }),
  json: Flags.boolean({ description: 'the same as --output json', helpGroup: 'REPORT' }),
  'fail-on': Flags.option({
    ...FAIL_ON,
    default: 'error',
    description: 'exit 1 when a finding is at least this severe',
    helpGroup: 'REPORT',
  })(),
  ignore: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'RULE[=SUBJECT]',
    description: 'accept findings of a rule, on one subject or on all; they stay listed as suppressed',
    helpGroup: 'REPORT',
  }),
  // oclif has no negatable flag without its positive twin; chalk and NO_COLOR know the rest
  'no-color': Flags.boolean({ description: 'plain text (NO_COLOR=1 does the same)', helpGroup: 'REPORT' }),
  quiet: Flags.boolean({
    char: 'q',
    description: 'verdict, causes and next step only; no progress',
    helpGroup: 'REPORT',
  }),
  verbose: Flags.boolean({
    char: 'v',
    description: 'every detail: all rounds, evidence, checks and fixes',
    helpGroup: 'REPORT',
  }),
}
