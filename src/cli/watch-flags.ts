import * as Flags from '@oclif/core/flags'
import { attributionFlags } from './cluster-flags.js'
import { scanFlags } from './scan-flags.js'

const repeatable = { multiple: true, multipleNonGreedy: true } as const
const asking = { helpGroup: 'ASKING' } as const
const telling = { helpGroup: 'TELLING' } as const

/** Flags of `watch`. */
export const watchFlags = {
  vip: scanFlags.vip,
  check: Flags.string({
    helpValue: 'FILE',
    description:
      'watch the addresses of this file too, and hold each window against what it expects; SIGHUP reads it again',
  }),
  interface: Flags.string({
    ...repeatable,
    ...asking,
    char: 'i',
    description: 'where to listen and ask; repeatable, each address at the one whose subnet holds it; default: as scan',
  }),
  probe: Flags.option({
    ...asking,
    options: ['always', 'never'] as const,
    default: 'always',
    description: 'never: only listen, as on all but one machine of a segment; silence is then not judged',
  })(),
  rate: Flags.integer({
    ...asking,
    min: 1,
    max: 10_000,
    default: 10,
    description: 'maximum frames per second, over all addresses and interfaces (switches may shut a port above 15)',
  }),
  interval: Flags.string({
    ...asking,
    helpValue: '10s',
    default: '10s',
    description: 'from one broadcast for an address to the next; longer where --rate does not allow it',
  }),
  window: Flags.string({
    ...asking,
    helpValue: '60s',
    default: '60s',
    description: 'how long to listen before judging; at least one round over all addresses',
  }),
  engine: scanFlags.engine,
  log: Flags.option({
    ...telling,
    options: ['text', 'json'] as const,
    default: 'text',
    description: 'how to print what changed: a line each, or JSON objects',
  })(),
  listen: Flags.string({
    ...telling,
    helpValue: 'HOST:PORT',
    description: 'where /metrics is served for Prometheus (default 127.0.0.1:9797, where that is free); off: nowhere',
  }),
  ignore: Flags.string({
    ...repeatable,
    ...telling,
    helpValue: 'RULE[=SUBJECT]',
    description: 'say nothing of a rule, on one subject or on all',
  }),
  quiet: Flags.boolean({ ...telling, char: 'q', description: 'no notes on stderr' }),
  ...attributionFlags,
}
