import { type FailureFacts, type FailureKind, type HostFailure, hostFailure } from '../host-failure.js'
import type { Collected } from '../probes.js'
import { OUTPUT_LIMIT, type RunResult } from './run-script.js'

/** Whose run it was, and the limits it had, for wording what went wrong. */
export interface FailureContext {
  readonly name: string
  readonly address: string
  readonly timeoutMs: number
}

/** What kept us from reading the host, or from reading it to the end; null when all went well. */
export function failureOf(result: RunResult, collected: Collected, context: FailureContext): HostFailure | null {
  if (collected.complete && result.end.kind === 'exited') return null
  const { kind, said = '', number = null } = describeEnd(result, collected, context.timeoutMs)
  return hostFailure({ kind, said, number, partial: collected.started }, context)
}

type Ending = Pick<FailureFacts, 'kind'> & Partial<FailureFacts>

function describeEnd({ end, stderr }: RunResult, { started }: Collected, timeoutMs: number): Ending {
  switch (end.kind) {
    case 'timeout':
      return { kind: 'timeout', number: timeoutMs / 1000 }
    case 'flood':
      return { kind: 'flood', number: OUTPUT_LIMIT / 1024 / 1024 }
    case 'no-host-name':
      return { kind: 'no-host-name' }
    case 'interrupted':
      return { kind: 'interrupted' }
    case 'not-started':
      return { kind: 'not-started', said: end.cause.message }
    case 'killed':
      return { kind: 'killed', said: end.signal }
    case 'exited':
      if (end.code === SSH_FAILED) return sshFailure(stderr)
      return { kind: started ? 'ended-early' : 'no-shell', number: end.code, said: decisiveLine(stderr) }
  }
}

/** ssh(1): 255 is an error of ssh itself, anything else is the remote command's. */
const SSH_FAILED = 255

/** OpenSSH has no codes for its failures; these words have been stable for many releases. The first match counts. */
const SSH_FAILURES: readonly (readonly [pattern: RegExp, kind: FailureKind])[] = [
  [/REMOTE HOST IDENTIFICATION HAS CHANGED/, 'host-key-changed'],
  [/Host key verification failed|No \S+ host key is known/, 'host-key-unknown'],
  [/Could not resolve hostname/, 'no-such-name'],
  [/Identity file \S+ not accessible/, 'no-key-file'],
  [
    /Permission denied|Too many authentication failures|No more authentication methods|No supported authentication/,
    'no-login',
  ],
  [/Connection refused/, 'refused'],
  [/timed out|Timeout, server/, 'no-answer'],
  [/No route to host|Network is unreachable|Host is down/, 'unreachable'],
  [
    /Bad configuration option|bad configuration|command-line: line|no such identity|Bad owner or permissions/i,
    'ssh-config',
  ],
  [/Unable to negotiate/, 'no-common-algorithm'],
  [/Connection closed|Connection reset|kex_exchange_identification|Broken pipe/, 'closed'],
]

function sshFailure(stderr: string): Ending {
  const [pattern, kind] = SSH_FAILURES.find(([words]) => words.test(stderr)) ?? [undefined, 'ssh-failed' as const]
  return { kind, said: decisiveLine(stderr, pattern) }
}

/** The line that decided, or the last one. */
function decisiveLine(stderr: string, pattern?: RegExp): string {
  const said = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const line = (pattern && said.find((one) => pattern.test(one))) ?? said.at(-1) ?? ''
  return line.replace(/^@\s*|\s*@$/g, '')
}
