import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Done, Segment } from '../../src/lab/segment.js'

const SSHD = '/usr/sbin/sshd'

/** The account's own ~/.bashrc is not part of the lab: bash reads it at every login, and it may wait, print or hang. */
const EMPTY_HOME = ['unshare', '-m', 'sh', '-c', 'mount -t tmpfs none ~ && exec "$@"', 'sh']

/** What a fix writes stays in the host: each has an /etc/sysctl.d of its own, and where keepalived runs its folder is /etc/keepalived. */
export function ownFiles(keepalived: string | null): readonly string[] {
  const settings = 'mount -t tmpfs none /etc/sysctl.d'
  const more = keepalived ? ` && mount --bind ${dirname(keepalived)} /etc/keepalived` : ''
  return ['unshare', '-m', 'sh', '-c', `${settings}${more} && exec "$@"`, 'sh']
}

export interface SshdOptions {
  /** What the account runs instead of the command it was asked for. */
  readonly forceCommand?: string
  /** What stands before sshd, such as `unshare -m sh -c …`. */
  readonly wrapped?: readonly string[]
  /** The client is told another host key than the one sshd has. */
  readonly changedKey?: boolean
  /** Where it listens, if not at the host's address on the segment. */
  readonly address?: string
  /** Lines of its own for sshd_config, which count before the others. */
  readonly settings?: readonly string[]
  /** Who logs in, if not root. */
  readonly user?: string
}

/** Keys, configurations and the sshds of one segment; all of it lies in the segment's own folders and goes with it. */
export class SshHosts {
  readonly segment: Segment
  private readonly home: string
  private readonly entries: string[] = []
  private readonly known: string[] = []

  constructor(segment: Segment) {
    this.segment = segment
    this.home = segment.directory('client')
    keygen(join(this.home, 'id'))
    mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
  }

  /** Starts an sshd in a host and waits until it listens. */
  async serve(name: string, options: SshdOptions = {}): Promise<void> {
    const { forceCommand, wrapped = [], changedKey = false, settings = [], user } = options
    const { address = this.segment.host(name).address } = options
    const folder = this.segment.directory(name)
    const publicKey = keygen(join(folder, 'host'))
    this.know(name, changedKey ? keygen(join(folder, 'other')) : publicKey, address, user)
    const lines = [
      ...settings,
      `ListenAddress ${address}`,
      `HostKey ${folder}/host`,
      `AuthorizedKeysFile ${this.home}/id.pub`,
      'StrictModes no',
      'UsePAM no',
      'PidFile none',
      ...(forceCommand === undefined ? [] : [`ForceCommand ${forceCommand}`]),
    ]
    writeFileSync(join(folder, 'sshd_config'), `${lines.join('\n')}\n`)
    this.segment.spawn(name, [...EMPTY_HOME, ...wrapped, SSHD, '-D', '-e', '-f', join(folder, 'sshd_config')], {
      stdio: 'ignore',
    })
    await this.listening(name)
  }

  /** Makes a host known to the client without an sshd behind it. */
  know(
    name: string,
    publicKey = keygen(join(this.segment.directory(name), 'host')),
    address = this.segment.host(name).address,
    user = 'root',
  ): void {
    this.entries.push(`Host ${name}\n  HostName ${address}\n  User ${user}`)
    this.known.push(`${address} ${publicKey}`)
    writeFileSync(join(this.home, 'known_hosts'), `${this.known.join('\n')}\n`)
    writeFileSync(join(this.home, 'config'), `${this.entries.join('\n')}\n${this.everywhere().join('\n  ')}\n`)
  }

  /** Runs `l2doctor audit-node` on the client, as a user there would. */
  audit(hosts: readonly string[], ...flags: readonly string[]): Promise<Done> {
    return this.segment.exec('client', [...CLI, 'audit-node', ...hosts, this.configuration, ...flags], {
      timeoutMs: 90_000,
    })
  }

  get configuration(): string {
    return `--ssh-option=-F${this.home}/config`
  }

  private everywhere(): string[] {
    return [
      'Host *',
      'User root',
      `IdentityFile ${this.home}/id`,
      'IdentitiesOnly yes',
      'StrictHostKeyChecking yes',
      `UserKnownHostsFile ${this.home}/known_hosts`,
      'GlobalKnownHostsFile /dev/null',
    ]
  }

  private async listening(name: string): Promise<void> {
    for (let tries = 0; tries < 200; tries++) {
      const { stdout } = await this.segment.exec(name, ['cat', '/proc/net/tcp'])
      if (/:0016 \S+ 0A /.test(stdout)) return
      await sleep(50)
    }
    throw new Error(`lab: sshd of ${name} does not listen`)
  }
}

/** The built command line, as a user starts it; tests and benches run in the root of the checkout. */
export const CLI = [process.execPath, resolve('bin/run.js')]

export const hasSshd = existsSync(SSHD)

/** Makes a key pair once and answers with its public line. */
function keygen(path: string): string {
  if (!existsSync(path)) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'lab', '-f', path])
  return execFileSync('ssh-keygen', ['-y', '-f', path]).toString().trim()
}
