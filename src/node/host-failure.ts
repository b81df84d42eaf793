import type { Gap } from '../known.js'
import { sh } from '../shell.js'
import { theirs } from '../theirs.js'

/**
 * Why a host could not be read, as data. A file keeps this, and our words are made from it whenever they are needed: what
 * a file says in words of its own is never shown as our advice.
 */
export interface FailureFacts {
  readonly kind: FailureKind
  /** What ssh, the host or the system said; empty when it said nothing. */
  readonly said: string
  /** The sections before that were read. */
  readonly partial: boolean
  /** A time limit in seconds, a size in MiB, or an exit status, as the kind has it; null for others. */
  readonly number: number | null
}

/** A gap, and the facts that it was worded from; without them the words are all there is. */
export type HostFailure = Gap & { readonly facts?: FailureFacts | undefined }

interface Place {
  readonly name: string
  /** What ssh was told to reach. */
  readonly address: string
}

type Wording = (of: { readonly address: string; readonly number: number | null }) => {
  /** Without what they said. */
  readonly reason: string
  readonly hint: string
}

const WORDS = {
  'not-asked': () => ({ reason: 'interrupted before it was asked', hint: 'run it again' }),
  'no-host-name': () => ({
    reason: 'its name is not one that ssh may be given',
    hint: 'check the name and the addresses of the node object',
  }),
  timeout: ({ number }) => ({
    reason: number === null ? 'no complete answer in time' : `no complete answer within ${number} s`,
    hint: 'is the host busy or its shell stuck? --timeout allows more',
  }),
  flood: ({ number }) => ({
    reason: `it sent more than ${number === null ? 'allowed' : `${number} MiB`} and was cut off`,
    hint: 'look at its login shell and start-up files',
  }),
  interrupted: () => ({ reason: 'interrupted before it answered', hint: 'run it again' }),
  'not-started': () => ({ reason: 'cannot start the client', hint: 'install the OpenSSH client (ssh)' }),
  killed: () => ({ reason: 'the client was ended by a signal', hint: 'run it again' }),
  'ended-early': ({ number }) => ({
    reason: `its shell ended early with status ${number ?? 'unknown'}`,
    hint: 'run it again with --timeout',
  }),
  'no-shell': ({ number }) => ({
    reason: `no POSIX shell there: "sh -s" ended with status ${number ?? 'unknown'}`,
    hint: 'the account needs a login shell that runs sh',
  }),
  'host-key-changed': ({ address }) => ({
    reason: 'its host key has changed',
    hint: `find out why first; only if the host was rebuilt: ${sh`ssh-keygen -R ${address}`}`,
  }),
  'host-key-unknown': ({ address }) => ({
    reason: 'its host key is not known',
    hint: `log in once yourself and compare the key: ${sh`ssh ${address}`}`,
  }),
  'no-such-name': () => ({
    reason: 'its name does not resolve',
    hint: 'check the name, or give it an address in ssh_config',
  }),
  'no-key-file': () => ({
    reason: 'the key file to log in with cannot be read here',
    hint: 'see IdentityFile in your ssh_config',
  }),
  'no-login': ({ address }) => ({
    reason: 'it refused our keys (passwords are never asked for)',
    hint: `try: ${sh`ssh -o BatchMode=yes ${address} true`}; --user and --identity choose others`,
  }),
  refused: () => ({
    reason: 'it refused the connection',
    hint: 'is sshd running there? --port chooses another port',
  }),
  'no-answer': () => ({
    reason: 'no answer: the connection timed out',
    hint: 'is it up, and is port 22 open on the way? --connect-timeout allows more',
  }),
  unreachable: () => ({
    reason: 'it cannot be reached: no route, or no answer to ARP',
    hint: 'is it up, and on this network?',
  }),
  'ssh-config': () => ({
    reason: 'ssh does not accept its configuration',
    hint: 'see --ssh-option and ssh_config(5)',
  }),
  'no-common-algorithm': () => ({
    reason: 'no common key exchange, cipher or key type',
    hint: 'see ssh_config(5): KexAlgorithms, HostKeyAlgorithms',
  }),
  closed: () => ({
    reason: 'it closed the connection',
    hint: 'see its sshd log: MaxStartups, AllowUsers, hosts.deny',
  }),
  'ssh-failed': ({ address }) => ({
    reason: 'ssh failed',
    hint: `try it yourself: ${sh`ssh -o BatchMode=yes ${address} true`}`,
  }),
  unreadable: () => ({
    reason: 'the snapshot cannot be read',
    hint: 'give files or a directory that audit-node --save wrote',
  }),
} as const satisfies Readonly<Record<string, Wording>>

export type FailureKind = keyof typeof WORDS

export function isFailureKind(text: string): text is FailureKind {
  return Object.hasOwn(WORDS, text)
}

/** What to tell the operator of it. */
export function hostFailure(facts: FailureFacts, { name, address }: Place): HostFailure {
  const { kind, number, said, partial } = facts
  const { reason, hint } = (WORDS[kind] as Wording)({ address, number })
  const whole = said === '' ? reason : `${reason} (${theirs(said)})`
  return { subject: name, reason: partial ? `${whole}; only the sections before that were read` : whole, hint, facts }
}

/** The failure in a file: by its kind, or in the file's own words, quoted and without advice. */
export function savedFailure(gap: Gap, facts: FailureFacts | null, place: Place): HostFailure {
  if (facts !== null) return hostFailure(facts, place)
  return { subject: place.name, reason: `it was not read; the snapshot says ${theirs(gap.reason)}`, hint: '' }
}
