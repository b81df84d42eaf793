import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSegment, type Done, type Segment } from '../../../src/lab/segment.js'
import type { Report } from '../../../src/report/report.js'
import { configuration, type Instance, startKeepalived } from '../keepalived.js'
import { CLI, ownFiles, SshHosts } from '../ssh-hosts.js'
import { standInSystemctl } from '../stand-in-systemctl.js'
import { type Fault, VIP } from './faults.js'

/** Seconds in which two keepalived that hear each other agree, or that do not hear each other are both master. */
const AGREED = 5

/** A fault that stands, and what is done with it. */
export interface Lab {
  readonly segment: Segment
  scan(ips: readonly string[]): Promise<Report>
  diagnose(flags?: readonly string[]): Promise<Report>
  /** The MACs that answer for the VIP. */
  answering(): Promise<readonly string[]>
  /** Writes what keepalived of a host is to run with; it reads that when it is reloaded. */
  configure(host: string, instance: Instance): void
  /** A command line, as a reader of the report pastes it. */
  paste(line: string): Promise<Done>
  shown(): Promise<string>
  /** Resolves once the kernels have ended duplicate address detection, and the masters of VRRP are what they will be. */
  settled(): Promise<void>
}

/**
 * `keep` is given the segment at once, so that it is removed whatever goes wrong; `wrapped` is what stands before the sshd
 * of a host.
 */
export async function stand(
  fault: Fault,
  keep: (segment: Segment) => void,
  wrapped: (name: string, keepalived: string | null) => readonly string[] = (_, keepalived) => ownFiles(keepalived),
): Promise<Lab> {
  const { vip = VIP } = fault
  const client = vip.includes(':') ? { address6: 'fd77::100/64' } : {}
  const segment = await buildSegment({ hosts: fault.hosts, client })
  keep(segment)
  for (const [host, line] of fault.afterwards ?? []) await must(segment, host, line)
  if (fault.management) await manage(segment, fault)
  for (const line of fault.client ?? []) await must(segment, 'client', line)
  const ssh = new SshHosts(segment)
  const files = new Map<string, string>()
  for (const [at, { name }] of fault.hosts.entries()) {
    const instance = fault.keepalived?.[at]
    const running = instance ? startKeepalived(segment, name, instance) : null
    if (running) files.set(name, running.file)
    const settings = running ? [standInSystemctl(segment.directory(name), running)] : []
    const address = fault.management ? { address: managementAddress(at) } : {}
    await ssh.serve(name, { wrapped: wrapped(name, running?.file ?? null), settings, ...address })
  }
  const folder = segment.directory('client')
  writeFileSync(
    join(folder, 'ssh'),
    `#!/bin/sh\nexec /usr/bin/ssh ${ssh.configuration.replace('--ssh-option=', '')} "$@"\n`,
  )
  chmodSync(join(folder, 'ssh'), 0o755)
  const env = { ...process.env, LC_ALL: 'C.UTF-8', PATH: `${folder}:${process.env['PATH']}` }
  const run = (argv: readonly string[]) => segment.exec('client', argv, { env, timeoutMs: 60_000 })
  const hosts = fault.hosts.flatMap(({ name }) => ['--host', name])
  const flags = ['-i', 'eth0', '--vip', vip, '--json']
  const scan = async (ips: readonly string[]) => {
    const argv = [...CLI, 'scan', '-i', 'eth0', '--json', '--vip', ips.join(), '--rounds', '3', '--interval', '300ms']
    return JSON.parse((await run(argv)).stdout) as Report
  }
  return {
    segment,
    async diagnose(more = fault.flags ?? []) {
      const cluster = fault.cluster === undefined ? ['--no-kube'] : ['--cluster-from', fresh(fault.cluster, folder)]
      const argv = [
        ...CLI,
        'diagnose',
        ...flags,
        ...cluster,
        ...hosts,
        ssh.configuration,
        ...(more.includes('--rounds') ? [] : ['--rounds', '3']),
        ...more,
      ]
      const { stdout, stderr } = await run(argv)
      if (stdout === '') throw new Error(stderr)
      return JSON.parse(stdout) as Report
    },
    scan,
    async answering() {
      const { addresses } = await scan([vip])
      const claims = addresses.find(({ ip }) => ip === vip)?.claims ?? []
      return claims
        .filter(({ replies }) => replies > 0)
        .map(({ mac }) => mac)
        .sort()
    },
    configure: (host, instance) => writeFileSync(files.get(host)!, configuration(instance)),
    paste: (line) => run(['sh', '-c', line]),
    async settled() {
      if (fault.keepalived) await must(segment, 'client', `sleep ${fault.agreed ?? AGREED}`)
      const tentative = 'ip -6 addr show tentative | grep -v dadfailed | grep inet6 >&2'
      const waits = `for i in $(seq 300); do ${tentative} || exit 0; sleep 0.1; done; exit 1`
      for (const { name } of fault.hosts) await must(segment, name, waits)
    },
    shown: async () =>
      fault.shows ? (await segment.exec(fault.shows.host, ['sh', '-c', fault.shows.run])).stdout.trim() : '',
  }
}

/** A cable of its own from the client to each host: by it they are read whatever becomes of the segment. */
async function manage(segment: Segment, { hosts }: Fault): Promise<void> {
  for (const [at, { name }] of hosts.entries()) {
    const there = `netns ${segment.host(name).namespace}`
    const near = managementAddress(at).replace(/2$/, '1')
    const lines = [
      `ip link add mgmt${at} type veth peer name mgmt0 ${there}`,
      `ip addr add ${near}/30 dev mgmt${at} && ip link set mgmt${at} up`,
    ]
    for (const line of lines) await must(segment, 'client', line)
    await must(segment, name, `ip addr add ${managementAddress(at)}/30 dev mgmt0 && ip link set mgmt0 up`)
  }
}

function managementAddress(at: number): string {
  return `10.79.${at}.2`
}

async function must(segment: Segment, host: string, line: string): Promise<void> {
  const { code, stderr } = await segment.exec(host, ['sh', '-ec', line])
  if (code !== 0) throw new Error(`${host}: ${line}: ${stderr}`)
}

/** Leases that ran out name nobody. */
function fresh(file: string, folder: string): string {
  const renewed = new Date().toISOString().replace('Z', '000Z')
  const copy = join(folder, 'cluster.yaml')
  writeFileSync(copy, readFileSync(file, 'utf8').replace(/renewTime: .*/g, `renewTime: '${renewed}'`))
  return copy
}
