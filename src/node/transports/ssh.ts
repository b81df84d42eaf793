import { runScript } from './run-script.js'
import type { Transport } from './transport.js'

/** What the operator may set; everything else comes from his ssh_config. Null: left to ssh. */
export interface SshOptions {
  readonly user: string | null
  readonly port: number | null
  readonly identity: string | null
  /** `Key=value` as in ssh_config, or a switch such as `-F/path/to/config`. */
  readonly options: readonly string[]
  readonly connectTimeoutSeconds: number
}

/**
 * A host by the system's OpenSSH client, so that ssh_config, agents, jump hosts, certificates and known_hosts work as
 * the operator knows them. Never a prompt; nothing of ours touches the checking of host keys.
 */
export function sshTransport(name: string, address: string, options: SshOptions): Transport {
  const { user } = options
  const login = user === null || address.includes('@') ? address : `${user}@${address}`
  return {
    name,
    address: login,
    run: (script, limits) => runScript('ssh', sshArguments(address, options), script, limits),
  }
}

/** ssh takes the first value it meets, so ours stand before the operator's only where another would break the run. */
export function sshArguments(
  address: string,
  { user, port, identity, options, connectTimeoutSeconds }: SshOptions,
): string[] {
  return [
    // no terminal, no agent and no X11 for the audited host
    '-T',
    '-a',
    '-x',
    ...OURS.flatMap((option) => ['-o', option]),
    ...options.flatMap((option) => (option.startsWith('-') ? [option] : ['-o', option])),
    ...['-o', `ConnectTimeout=${Math.ceil(connectTimeoutSeconds)}`],
    ...(user === null ? [] : ['-l', user]),
    ...(port === null ? [] : ['-p', String(port)]),
    ...(identity === null ? [] : ['-i', identity]),
    '--',
    address,
    'sh -s',
  ]
}

const OURS = [
  'BatchMode=yes',
  'ClearAllForwardings=yes',
  // a connection that is shared already is used; a new master would outlive us with our pipes in its hands
  'ControlMaster=no',
  // from the configuration, it would exclude a command of our own
  'RemoteCommand=none',
]
