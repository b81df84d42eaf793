import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Segment } from '../../src/lab/segment.js'
import { Said } from './said.js'

/** Why real keepalived cannot run here; null where it can. */
export function whyNoKeepalived(): string | null {
  return spawnSync('keepalived', ['--version']).error ? 'keepalived is not installed (bin/setup installs it)' : null
}

export interface Instance {
  readonly vrid?: number
  readonly priority: number
  readonly vips: readonly string[]
  readonly version?: 2 | 3
  /** Seconds; below one for version 3 only. */
  readonly interval?: number
  /** Of VRRPv2; null: no authentication. */
  readonly password?: string | null
  readonly interface?: string
  /** Further lines of the vrrp_instance. */
  readonly lines?: readonly string[]
  /** Lines before the vrrp_instance, such as a vrrp_script. */
  readonly before?: readonly string[]
}

/** A configuration with a password, which must never be seen again. */
export function configuration({
  vrid = 51,
  priority,
  vips,
  version = 3,
  interval = 0.2,
  password = 'geheim',
  interface: name = 'eth0',
  lines = [],
  before = [],
}: Instance): string {
  return `global_defs {
  vrrp_version ${version}
  vrrp_garp_master_delay 1
}
${before.join('\n')}
vrrp_instance VI_1 {
  state BACKUP
  interface ${name}
  virtual_router_id ${vrid}
  priority ${priority}
  advert_int ${interval}
  ${version === 2 && password !== null ? `authentication {\n    auth_type PASS\n    auth_pass ${password}\n  }` : ''}
  ${lines.join('\n  ')}
  virtual_ipaddress {
    ${vips.join('\n    ')}
  }
}
`
}

export interface Running {
  /** Its configuration, alone in a folder. */
  readonly file: string
  /** Where its process id stands. */
  readonly pid: string
  /** Resolves when it says so: `MASTER`, `BACKUP`, `FAULT`. */
  entered(state: string): Promise<void>
  /** It resigns and ends. */
  stop(): Promise<void>
}

let started = 0

/** Starts real keepalived on a host. */
export function startKeepalived(segment: Segment, host: string, instance: Instance): Running {
  const folder = segment.directory(host)
  const [file, pid] = [join(folder, 'keepalived', 'keepalived.conf'), join(folder, `pid-${started++}`)]
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, configuration(instance))
  const options = ['-n', '-l', '-P', '-D', '-f', file, '-p', pid, '-r', `${pid}-vrrp`]
  const child = segment.spawn(host, ['keepalived', ...options], { stdio: ['ignore', 'pipe', 'pipe'] })
  const said = new Said(child)
  return {
    file,
    pid,
    entered: (state) => said.wait(`Entering ${state} STATE`),
    stop: async () => {
      child.kill('SIGTERM')
      await said.ended
    },
  }
}
