import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { signalsAreHeard } from '../lab/removal.js'
import { requireLab } from '../lab/requirements.js'
import { type Scenario, scenarios, VIP } from '../lab/scenarios.js'
import { buildSegment, type Segment } from '../lab/segment.js'

export interface DemoRequest {
  readonly scenario: Scenario
  /** Keep the frames in this file. */
  readonly write: string | null
  /** Root of the installed package: where bin/run.js and the bundled captures are. */
  readonly root: string
  /** Tells the watcher what happens; never the report, which scan itself prints to stdout. */
  readonly note: (text: string) => void
}

/** The scenario of that name; null when there is none. */
export function findScenario(name: string): Scenario | null {
  return scenarios.find((scenario) => scenario.name === name) ?? null
}

/** One line per scenario. */
export function listScenarios(): string {
  return scenarios.map(({ name, summary }) => `${name.padEnd(14)} ${summary}`).join('\n')
}

/**
 * Shows a scan of a scenario: live in a lab, or of the bundled capture where no lab can be built. Answers with the exit
 * code: 0 when scan found what the scenario holds, else scan's own (1 when it was silent about a fault).
 */
export async function demo(request: DemoRequest, interrupted: AbortSignal): Promise<number> {
  const { scenario, note } = request
  note(`${scenario.name}: ${scenario.summary}`)
  const lab = requireLab()
  const code = lab.ok ? await live(request, interrupted) : await replay(request, lab.why, interrupted)
  const due = scenario.fails ? 1 : 0
  return code === due ? 0 : code || 1
}

async function live(request: DemoRequest, interrupted: AbortSignal): Promise<number> {
  const { scenario, note, write } = request
  signalsAreHeard() // by `interrupted`
  const segment = await buildSegment(scenario.segment)
  try {
    note(`Built in network namespaces: ${segment.hosts.map((host) => `${host.name} ${host.mac}`).join(', ')}`)
    await scenario.start?.(segment, 0)
    const kept = write === null ? [] : ['--write', write]
    const flags = ['--vip', VIP, '--interface', 'eth0', ...(scenario.pace ?? []), ...(scenario.judge ?? []), ...kept]
    return await scan(request, flags, interrupted, segment)
  } finally {
    segment.remove()
    note('The lab is removed.')
  }
}

async function replay(request: DemoRequest, why: string, interrupted: AbortSignal): Promise<number> {
  const { scenario, root, note } = request
  const file = join(root, 'fixtures', 'demo', `${scenario.name}.pcap`)
  if (!existsSync(file)) throw new Error(`no bundled capture of ${scenario.name} at ${file}`)
  note(`No live lab: ${why}. This is the same analysis of a capture recorded in that lab (run as root for a live one).`)
  return await scan(request, ['--read', file, '--vip', VIP, ...(scenario.judge ?? [])], interrupted)
}

/** Runs the real command in a process of its own. Its group is its own too, so that one Ctrl-C reaches it once: from us. */
async function scan(request: DemoRequest, flags: readonly string[], interrupted: AbortSignal, segment?: Segment) {
  const argv = [process.execPath, join(request.root, 'bin', 'run.js'), 'scan', ...flags]
  request.note(`$ l2doctor scan ${flags.join(' ')}\n`)
  const options = { stdio: 'inherit', detached: true } as const
  const child = segment ? segment.spawn('client', argv, options) : spawn(argv[0]!, argv.slice(1), options)
  const forward = () => child.kill('SIGINT')
  interrupted.addEventListener('abort', forward, { once: true })
  const [code] = (await once(child, 'exit')) as [number | null]
  interrupted.removeEventListener('abort', forward)
  return code ?? 130
}
