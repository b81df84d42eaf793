import type { ChildProcess } from 'node:child_process'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Segment } from '../../src/lab/segment.js'

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
  /** Further lines of the vrrp_instance. */
  readonly lines?: readonly string[]
}

/** A configuration with a password, which must never be seen again. */
export function configuration({
  vrid = 51,
  priority,
  vips,
  version = 3,
  interval = 0.2,
  lines = [],
}: Instance): string {
  return `global_defs {
  vrrp_version ${version}
  vrrp_garp_master_delay 1
}
vrrp_instance VI_1 {
  state BACKUP
  interface eth0
  virtual_router_id ${vrid}
  priority ${priority}
  advert_int ${interval}
  ${version === 2 ? 'authentication {\n    auth_type PASS\n    auth_pass geheim\n  }' : ''}
  ${lines.join('\n  ')}
  virtual_ipaddress {
    ${vips.join('\n    ')}
  }
}
`
}

export interface Running {
  readonly file: string
  /** Resolves when it says so: `MASTER`, `BACKUP`, `FAULT`. */
  entered(state: string): Promise<void>
  /** It resigns and ends. */
  stop(): Promise<void>
}

let started = 0

/** Starts real keepalived on a host. */
export function startKeepalived(segment: Segment, host: string, instance: Instance): Running {
  const folder = segment.directory(host)
  const [file, pid] = [join(folder, 'keepalived.conf'), join(folder, `pid-${started++}`)]
  writeFileSync(file, configuration(instance))
  const options = ['-n', '-l', '-P', '-D', '-f', file, '-p', pid, '-r', `${pid}-vrrp`]
  const child = segment.spawn(host, ['keepalived', ...options], { stdio: ['ignore', 'pipe', 'pipe'] })
  const said = new Said(child)
  return {
    file,
    entered: (state) => said.wait(`Entering ${state} STATE`),
    stop: async () => {
      child.kill('SIGTERM')
      await said.ended
    },
  }
}

/** Lines of a program, and who waits for one; what was said before counts, once. */
class Said {
  readonly ended: Promise<void>
  private text = ''
  private readonly waiting = new Set<() => void>()

  constructor(child: ChildProcess) {
    for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk) => this.hear(String(chunk)))
    this.ended = new Promise((resolve) => child.once('close', () => resolve()))
  }

  async wait(line: string): Promise<void> {
    const ended = this.ended.then(() => {
      throw new Error(`keepalived ended before "${line}": ${this.text}`)
    })
    ended.catch(() => {}) // also when it ends later
    for (;;) {
      const at = this.text.indexOf(line)
      if (at >= 0) {
        this.text = this.text.slice(at + line.length)
        return
      }
      await Promise.race([new Promise<void>((resolve) => this.waiting.add(resolve)), ended])
    }
  }

  private hear(chunk: string): void {
    this.text += chunk
    for (const wake of this.waiting) wake()
    this.waiting.clear()
  }
}
