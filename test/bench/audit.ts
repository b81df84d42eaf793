/** `node dist/test/bench/audit.js`: audit-node on 50 hosts beside the same script run by parallel-ssh on the same hosts. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSegment } from '../../src/lab/segment.js'
import { collectScript } from '../../src/node/collect-script.js'
import type { Report } from '../../src/report/report.js'
import { SshHosts } from '../lab/ssh-hosts.js'

export interface AuditFigures {
  readonly hosts: number
  /** Median wall time of the runs, which took turns. */
  readonly auditMs: number
  readonly parallelSshMs: number
  readonly runs: { readonly auditMs: readonly number[]; readonly parallelSshMs: readonly number[] }
}

const HOSTS = 50
const TURNS = 5
const CONCURRENCY = '16'

/** Builds the hosts, lets both read them in turns, and removes them. Throws when either did not read every host. */
export async function measureAudit(): Promise<AuditFigures> {
  const names = Array.from({ length: HOSTS }, (_, i) => `node-${i + 1}`)
  const segment = await buildSegment({ hosts: names.map((name) => ({ name })) })
  try {
    const hosts = new SshHosts(segment)
    await Promise.all(names.map((name) => hosts.serve(name)))
    const runs = { auditMs: [] as number[], parallelSshMs: [] as number[] }
    for (let turn = 0; turn < TURNS; turn++) {
      runs.auditMs.push(await timed(() => audit(hosts, names)))
      runs.parallelSshMs.push(await timed(() => parallelSsh(hosts, names)))
    }
    return { hosts: HOSTS, auditMs: median(runs.auditMs), parallelSshMs: median(runs.parallelSshMs), runs }
  } finally {
    segment.remove()
  }
}

async function audit(hosts: SshHosts, names: readonly string[]): Promise<void> {
  const { stdout, stderr } = await hosts.audit(names, '--json', '--quiet', '--concurrency', CONCURRENCY)
  const report: Report = JSON.parse(stdout || '{"nodes":[]}')
  if (report.nodes.filter(({ reached }) => reached).length !== names.length) throw new Error(`audit-node: ${stderr}`)
}

async function parallelSsh({ segment, configuration }: SshHosts, names: readonly string[]): Promise<void> {
  const [list, output] = [join(segment.directory('client'), 'hosts'), join(segment.directory('client'), 'output')]
  writeFileSync(list, `${names.join('\n')}\n`)
  rmSync(output, { recursive: true, force: true })
  const ssh = configuration.replace('--ssh-option=', '')
  const argv = ['parallel-ssh', '-h', list, '-p', CONCURRENCY, '-x', ssh, '-o', output, '-I', 'sh -s']
  const input = collectScript({ mark: '0'.repeat(32), become: false })
  const { stdout, stderr } = await segment.exec('client', argv, { input })
  const whole = readdirSync(output).filter((file) => readFileSync(join(output, file), 'utf8').includes(' complete\n'))
  if (whole.length !== names.length) throw new Error(`parallel-ssh read ${whole.length} hosts: ${stdout}${stderr}`)
}

async function timed(run: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await run()
  return Math.round(performance.now() - start)
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const figures = await measureAudit()
  process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`)
  if (figures.auditMs > figures.parallelSshMs) process.exitCode = 1
}
