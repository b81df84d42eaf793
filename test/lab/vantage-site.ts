import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { HostSpec } from '../../src/lab/model.js'
import { buildSegment, type Done, type Segment } from '../../src/lab/segment.js'
import { parseReport } from './scan-scenario.js'
import { CLI, type SshdOptions, SshHosts } from './ssh-hosts.js'

export const VIP = '10.77.0.240'

/** A segment whose hosts the client also reaches over a network of its own, as administrators do: ssh works whatever the segment does. */
export interface Site {
  readonly segment: Segment
  readonly ssh: SshHosts
  /** Runs a command of l2doctor on the client. */
  run(...argv: readonly string[]): Promise<Done>
  start(...argv: readonly string[]): Running
}

/** A command of l2doctor that goes on. */
export interface Running {
  readonly child: ChildProcess
  /** What it said on stderr until now. */
  said(): string
  readonly ended: Promise<Done>
}

/** `serving`: hosts with an sshd, each with what is particular about it. */
export async function buildSite(
  hosts: readonly HostSpec[],
  serving: Readonly<Record<string, SshdOptions>>,
  more: readonly string[] = [],
): Promise<Site> {
  const segment = await buildSegment({ hosts })
  try {
    await inShell(segment, [...managementNetwork(Object.keys(serving)), ...more])
    const ssh = new SshHosts(segment)
    await Promise.all(
      Object.entries(serving).map(([name, options], at) => ssh.serve(name, { ...options, address: addressOf(at) })),
    )
    const run: Site['run'] = (...argv) =>
      segment.exec('client', [...CLI, ...argv, ...(argv.includes('--from') ? [] : [ssh.configuration])], {
        timeoutMs: 90_000,
      })
    const start: Site['start'] = (...argv) =>
      followed(segment.spawn('client', [...CLI, ...argv, ssh.configuration], { stdio: ['ignore', 'pipe', 'pipe'] }))
    return { segment, ssh, run, start }
  } catch (error) {
    segment.remove()
    throw error
  }
}

function followed(child: ChildProcess): Running {
  let [stdout, stderr] = ['', '']
  child.stdout?.on('data', (text) => {
    stdout += text
  })
  child.stderr?.on('data', (text) => {
    stderr += text
  })
  const ended = new Promise<Done>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
  return { child, said: () => stderr, ended }
}

function addressOf(at: number): string {
  return `192.0.2.${11 + at}`
}

function managementNetwork(names: readonly string[]): string[] {
  const links = names.flatMap((name, at) => {
    const host = variable(name)
    return [
      `ip -n ${host} link add mgmt type veth peer name m${at} netns $CLIENT`,
      `ip -n $CLIENT link set m${at} master mgmt up`,
      `ip -n ${host} address add ${addressOf(at)}/24 dev mgmt`,
      `ip -n ${host} link set mgmt up`,
    ]
  })
  return [
    'ip -n $CLIENT link add mgmt type bridge',
    'ip -n $CLIENT address add 192.0.2.1/24 dev mgmt',
    'ip -n $CLIENT link set mgmt up',
    ...links,
  ]
}

/** The namespace of a host in a script of the segment. */
export function variable(name: string): string {
  return `$${name.replaceAll('-', '_').toUpperCase()}`
}

export async function inShell(segment: Segment, lines: readonly string[]): Promise<void> {
  const [code] = await once(segment.script(lines), 'exit')
  if (code !== 0) throw new Error(`lab: a line failed of ${lines.join('; ')}`)
}

/** What stands before sshd so that of the programs that listen and send only these are there. */
export function having(...programs: readonly string[]): readonly string[] {
  const others = ['tcpdump', 'perl', 'python3', 'socat'].filter((one) => !programs.includes(one))
  const hide = others.map((one) => `for f in /usr/local/bin/${one} /usr/bin/${one} /usr/sbin/${one}; do hide $f; done`)
  return inMounts(`hide() { [ ! -e $1 ] || mount --bind /mnt/none $1; }; ${hide.join('; ')}`)
}

/** Runs lines in a mount namespace of its own, with an empty file at /mnt/none, before what follows. */
export function inMounts(lines: string): readonly string[] {
  const script = `mount --make-rprivate / && mount -t tmpfs none /mnt && touch /mnt/none && { ${lines}; } && exec "$@"`
  return ['unshare', '-m', 'sh', '-c', script, 'sh']
}

export function reportOf({ stdout, stderr, code }: Done) {
  if (stdout === '') throw new Error(`l2doctor printed nothing (exit ${code}): ${stderr}`)
  return parseReport(stdout)
}

export async function processesOf({ segment }: Site, name: string): Promise<ReadonlySet<number>> {
  const { stdout } = await segment.exec('client', ['ip', 'netns', 'pids', segment.host(name).namespace])
  return new Set(stdout.split('\n').filter(Boolean).map(Number))
}

/** Empty for one that is gone. */
export function commOf(pid: number): string {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return /^State:\s*Z/m.test(status) ? '' : readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  } catch {
    return ''
  }
}
