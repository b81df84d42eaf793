/** The process exit codes, the same for every `--output` (design.md §6). */
export const EXIT = {
  ok: 0,
  findings: 1,
  usage: 2,
  inconclusive: 3,
  bug: 70,
  interrupted: 130,
} as const

const FAILOVER_CODES = { measured: EXIT.ok, slow: EXIT.findings, inconclusive: EXIT.inconclusive } as const

/** Of a `failover` that ran: too slow is what findings are elsewhere. */
export function failoverCode(verdict: keyof typeof FAILOVER_CODES): number {
  return FAILOVER_CODES[verdict]
}

/** A wrong flag, argument or configuration: exit 2. The message ends in the next step. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** What is said of an error that nobody expected. */
export function bugReport(error: Error): string {
  return `This is a bug in l2doctor; please report it with the command and this trace:\n${error.stack}\n`
}
