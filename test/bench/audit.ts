import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { requireLab } from '../../src/lab/requirements.js'
import { buildSegment } from '../../src/lab/segment.js'
import { collectScript } from '../../src/node/collect-script.js'
import type { Report } from '../../src/report/report.js'
import { SshHosts } from '../lab/ssh-hosts.js'
import { type Measured, median, milliseconds } from './measured.js'

const HOSTS = 50
const TURNS = 15
const CONCURRENCY = '16'
const WHAT = `audit-node, ${HOSTS} hosts, ${CONCURRENCY} at a time`

/** audit-node on 50 hosts beside the same script run by parallel-ssh on the same hosts, in turns. */
export async function* measure(): AsyncGenerator<Measured> {
  const lab = requireLab()
  if (!lab.ok) return yield { what: WHAT, ours: `skipped: ${lab.why}` }
  const names = Array.from({ length: HOSTS }, (_, i) => `node-${i + 1}`)
  const segment = await buildSegment({ hosts: names.map((name) => ({ name })) })
  try {
    const hosts = new SshHosts(segment)
    await Promise.all(names.map((name) => hosts.serve(name)))
    yield await takeTurns(hosts, names)
  } finally {
    segment.remove()
  }
}

/** Whoever begins a turn goes second in the next, so that a drift of the machine favours neither. */
async function takeTurns(hosts: SshHosts, names: readonly string[]): Promise<Measured> {
  const hasPeer = spawnSync('parallel-ssh', ['--version']).status === 0
  const [ours, peer]: [number[], number[]] = [[], []]
  for (let turn = 0; turn < TURNS; turn++) {
    if (hasPeer && turn % 2 === 1) peer.push(await timed(() => parallelSsh(hosts, names)))
    ours.push(await timed(() => audit(hosts, names)))
    if (hasPeer && turn % 2 === 0) peer.push(await timed(() => parallelSsh(hosts, names)))
  }
  const inTurn = median(ours.map((ms, turn) => ms / peer[turn]!))
  return {
    what: WHAT,
    ours: `${milliseconds(median(ours))}, read, parsed and judged${hasPeer ? `; ${inTurn.toFixed(2)} x its neighbour in turn` : ''}`,
    ...(hasPeer ? { peer: `${milliseconds(median(peer))}, parallel-ssh with the same script, output kept` } : {}),
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
  return performance.now() - start
}
