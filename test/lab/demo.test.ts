import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { scenarios, VIP } from '../../src/lab/scenarios.js'
import { collect, execute } from '../collect.js'
import { copyCheckout } from './checkout.js'
import { describeLab } from './describe-lab.js'
import { CLI, complaints, parseReport } from './scan-scenario.js'

const captures = fileURLToPath(new URL('../../fixtures/demo', import.meta.url))

describe('bundled captures', () => {
  it.concurrent.each(scenarios)('$name says what the lab says', async (scenario) => {
    const flags = ['--read', `${captures}/${scenario.name}.pcap`, '--vip', VIP, ...(scenario.judge ?? []), '--json']
    const { code, stdout } = await execute([...CLI, 'scan', ...flags])
    expect(complaints(scenario, { code, report: parseReport(stdout) })).toEqual([])
  })
})

describe('demo', () => {
  it('lists every scenario', async () => {
    const { code, stdout } = await execute([...CLI, 'demo', '--list'])
    expect(code).toBe(0)
    expect(stdout.trim().split('\n')).toHaveLength(scenarios.length)
  })

  it('names the scenarios when asked for one that is not there', async () => {
    const { code, stderr } = await execute([...CLI, 'demo', 'earthquake'])
    expect(code).toBe(2)
    expect(stderr).toMatch(/no scenario "earthquake"[\s\S]*two-owners/)
  })
})

describeLab('demo in a lab', () => {
  it('shows both machines, ends with 0, and leaves nothing', async () => {
    const child = spawn(CLI[0], [CLI[1], 'demo'], { stdio: ['ignore', 'pipe', 'pipe'] })
    const { code, stdout, stderr } = await collect(child)
    expect(code, stderr).toBe(0)
    expect(stdout).toMatch(/02:00:00:00:00:11[\s\S]*wire\/duplicate-responders/)
    expect(stdout).toContain('02:00:00:00:00:12')
    expect(namespacesOf(child.pid!)).toEqual([])
  })

  it('prints the report and removes the lab when interrupted', async () => {
    const child = spawn(CLI[0], [CLI[1], 'demo', 'flip-flop'], { stdio: ['ignore', 'pipe', 'pipe'] })
    const ended = collect(child)
    let said = ''
    while (!said.includes('engine')) said += String(await once(child.stderr!, 'data'))
    child.kill('SIGINT')
    const { stdout } = await ended
    expect(stdout).toContain('Who answers')
    expect(namespacesOf(child.pid!)).toEqual([])
  })

  it('shows the bundled capture where no lab can be built, and says so', async () => {
    // a checkout of root's may lie where another user cannot go
    const folder = mkdtempSync('/tmp/l2d-copy-')
    chmodSync(folder, 0o755)
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const copy = copyCheckout(folder)
    const user = ['setpriv', '--reuid', '65534', '--clear-groups', process.execPath, copy, 'demo']
    const { code, stdout, stderr } = await execute(user)
    expect(code, stderr).toBe(0)
    expect(stderr).toMatch(/No live lab: a lab needs root/)
    expect(stdout).toContain('wire/duplicate-responders')
  })
})

function namespacesOf(pid: number): string[] {
  return readdirSync('/run/netns').filter((name) => name.startsWith(`l2d-${pid}-`))
}
