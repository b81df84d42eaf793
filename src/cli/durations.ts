import * as Flags from '@oclif/core/flags'
import { UsageError } from './exit-codes.js'

/** A flag of a time limit: a duration as `parseDuration` reads it, as a number of seconds. */
export const secondsFlag = Flags.custom<number>({
  helpValue: '10s',
  parse: async (text, _, { name }) => parseDuration(name, text) / 1000,
})

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const

/** `250ms`, `1.5s`, `2m`, `1h`, or a number of seconds; answers in milliseconds. */
export function parseDuration(flag: string, text: string): number {
  const [, number = '', unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? []
  const ms = Number(number || 'NaN') * UNIT_MS[unit as keyof typeof UNIT_MS]
  if (!(ms > 0 && ms < 2 ** 31)) throw new UsageError(`--${flag} ${text}: write it as 250ms, 10s, 5m or 2h`)
  return ms
}
