import type { Gap } from '../../known.js'
import type { Collected } from '../probes.js'
import { OUTPUT_LIMIT, type RunResult } from './run-script.js'

/** Whose run it was, and the limits it had, for wording what went wrong. */
export interface FailureContext {
  readonly name: string
  readonly address: string
  readonly timeoutMs: number
}

type Wording = Omit<Gap, 'subject'>

/** What kept us from reading the host, or from reading it to the end; null when all went well. */
export function failureOf(result: RunResult, collected: Collected, context: FailureContext): Gap | null {
  if (collected.complete && result.end.kind === 'exited') return null
  const wording = describeEnd(result, collected, context)
  const reason = collected.started ? `${wording.reason}; only the sections before that were read` : wording.reason
  return { subject: context.name, reason, hint: wording.hint }
}

function describeEnd(
  { end, stderr }: RunResult,
  collected: Collected,
  { address, timeoutMs }: FailureContext,
): Wording {
  switch (end.kind) {
    case 'timeout':
      return {
        reason: `no complete answer within ${timeoutMs / 1000} s`,
        hint: 'is the host busy or its shell stuck? --timeout allows more',
      }
    case 'flood':
      return {
        reason: `it sent more than ${OUTPUT_LIMIT / 1024 / 1024} MiB and was cut off`,
        hint: 'look at its login shell and start-up files',
      }
    case 'interrupted':
      return { reason: 'interrupted before it answered', hint: 'run it again' }
    case 'not-started':
      return { reason: `cannot start the client: ${end.cause.message}`, hint: 'install the OpenSSH client (ssh)' }
    case 'killed':
      return { reason: `the client was ended by ${end.signal}`, hint: 'run it again' }
    case 'exited':
      return end.code === SSH_FAILED ? sshFailure(stderr, address) : noShell(end.code, stderr, collected)
  }
}

/** ssh(1): 255 is an error of ssh itself, anything else is the remote command's. */
const SSH_FAILED = 255

function noShell(code: number, stderr: string, { started }: Collected): Wording {
  if (started)
    return { reason: `its shell ended early with status ${code}${quoted(stderr)}`, hint: 'run it again with --timeout' }
  return {
    reason: `no POSIX shell there: "sh -s" ended with status ${code}${quoted(stderr)}`,
    hint: 'the account needs a login shell that runs sh',
  }
}

/** OpenSSH has no codes for its failures; these words have been stable for many releases. The first match counts. */
const SSH_FAILURES: readonly (readonly [pattern: RegExp, words: (address: string) => Wording])[] = [
  [
    /REMOTE HOST IDENTIFICATION HAS CHANGED/,
    (address) => ({
      reason: 'its host key has changed',
      hint: `find out why first; only if the host was rebuilt: ssh-keygen -R ${address}`,
    }),
  ],
  [
    /Host key verification failed|No \S+ host key is known/,
    (address) => ({
      reason: 'its host key is not known',
      hint: `log in once by hand and compare the key: ssh ${address}`,
    }),
  ],
  [
    /Could not resolve hostname/,
    () => ({ reason: 'its name does not resolve', hint: 'check the name, or give it an address in ssh_config' }),
  ],
  [
    /Permission denied|Too many authentication failures|No more authentication methods|No supported authentication/,
    (address) => ({
      reason: 'it refused our keys (passwords are never asked for)',
      hint: `try: ssh -o BatchMode=yes ${address} true; --user and --identity choose others`,
    }),
  ],
  [
    /Connection refused/,
    () => ({ reason: 'it refused the connection', hint: 'is sshd running there? --port chooses another port' }),
  ],
  [
    /timed out|Timeout, server/,
    () => ({
      reason: 'no answer: the connection timed out',
      hint: 'is it up, and is port 22 open on the way? --connect-timeout allows more',
    }),
  ],
  [
    /No route to host|Network is unreachable|Host is down/,
    () => ({ reason: 'it cannot be reached: no route, or no answer to ARP', hint: 'is it up, and on this network?' }),
  ],
  [
    /Bad configuration option|bad configuration|command-line: line|no such identity|Bad owner or permissions/i,
    () => ({ reason: 'ssh does not accept its configuration', hint: 'see --ssh-option and ssh_config(5)' }),
  ],
  [
    /Unable to negotiate/,
    () => ({
      reason: 'no common key exchange, cipher or key type',
      hint: 'see ssh_config(5): KexAlgorithms, HostKeyAlgorithms',
    }),
  ],
  [
    /Connection closed|Connection reset|kex_exchange_identification|Broken pipe/,
    () => ({ reason: 'it closed the connection', hint: 'see its sshd log: MaxStartups, AllowUsers, hosts.deny' }),
  ],
]

function sshFailure(stderr: string, address: string): Wording {
  for (const [pattern, words] of SSH_FAILURES) {
    if (!pattern.test(stderr)) continue
    const { reason, hint } = words(address)
    return { reason: `${reason}${quoted(stderr, pattern)}`, hint }
  }
  return { reason: `ssh failed${quoted(stderr)}`, hint: `try by hand: ssh -o BatchMode=yes ${address} true` }
}

const QUOTED_LENGTH = 200

/** The line that decided, or the last one. */
function quoted(stderr: string, pattern?: RegExp): string {
  const said = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const line = (pattern && said.find((line) => pattern.test(line))) ?? said.at(-1)
  return line === undefined ? '' : ` (${line.replace(/^@\s*|\s*@$/g, '').slice(0, QUOTED_LENGTH)})`
}
