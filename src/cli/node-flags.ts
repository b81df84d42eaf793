import * as Flags from '@oclif/core/flags'
import { secondsFlag } from './durations.js'

const group = { helpGroup: 'HOSTS' }

/** Which hosts, and how they are reached. */
export const nodeFlags = {
  'hosts-file': Flags.string({
    helpValue: 'FILE|-',
    description: 'hosts to read, one a line; # begins a comment',
    ...group,
  }),
  'all-nodes': Flags.boolean({ description: 'every node of the cluster', ...group }),
  'address-type': Flags.option({
    options: ['InternalIP', 'ExternalIP', 'Hostname'] as const,
    default: 'InternalIP' as const,
    description: 'which address of a cluster node to connect to',
    ...group,
  })(),
  local: Flags.boolean({ description: 'read this machine, without ssh', ...group }),
  user: Flags.string({ helpValue: 'NAME', description: 'log in as this user', ...group }),
  port: Flags.integer({ helpValue: 'N', min: 1, max: 65_535, description: 'port of sshd', ...group }),
  identity: Flags.string({ helpValue: 'FILE', description: 'private key', ...group }),
  'ssh-option': Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'KEY=VALUE',
    description: 'an option of ssh_config, or a switch as in --ssh-option=-F/path; repeatable',
    ...group,
  }),
  'connect-timeout': secondsFlag({
    default: 10,
    description: 'longest wait for a connection',
    ...group,
  }),
  timeout: secondsFlag({
    default: 60,
    description: 'longest time for one host, connecting included, and for parsing and judging',
    ...group,
  }),
  concurrency: Flags.integer({
    helpValue: 'N',
    min: 1,
    max: 256,
    default: 16,
    description: 'hosts read at the same time',
    ...group,
  }),
  become: Flags.boolean({
    description: 'use sudo -n for what only root may read (kernel log, packet filters)',
    ...group,
  }),
}

/** Where host snapshots are kept. */
export const snapshotFlags = {
  from: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: 'FILE|DIR',
    description: 'judge what --save kept instead of hosts; repeatable',
    helpGroup: 'SNAPSHOTS',
  }),
  save: Flags.string({ helpValue: 'DIR', description: 'keep what was read, one file a host', helpGroup: 'SNAPSHOTS' }),
  redact: Flags.boolean({
    description: 'replace host names, addresses and MACs by pseudonyms, in the report and in --save',
    helpGroup: 'SNAPSHOTS',
  }),
}

export interface NodeFlagValues {
  readonly 'hosts-file'?: string | undefined
  readonly 'all-nodes': boolean
  readonly 'address-type': 'InternalIP' | 'ExternalIP' | 'Hostname'
  readonly local: boolean
  readonly user?: string | undefined
  readonly port?: number | undefined
  readonly identity?: string | undefined
  readonly 'ssh-option'?: readonly string[] | undefined
  readonly 'connect-timeout': number
  readonly timeout: number
  readonly concurrency: number
  readonly become: boolean
}

export interface SnapshotFlagValues {
  readonly from?: readonly string[] | undefined
  readonly save?: string | undefined
  readonly redact: boolean
}
