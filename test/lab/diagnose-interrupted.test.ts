import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { reportSchema } from '../../src/report/report.js'
import { describeLab } from './describe-lab.js'
import { Said } from './said.js'
import { type Standing, situations, stand, VIP } from './situations.js'

/** Long enough to be interrupted anywhere. */
const PACE = ['--rounds', '30', '--interval', '1s']

let standing: Standing
beforeAll(async () => {
  standing = await stand(situations.find(({ name }) => name === 'memberlist is split: two speakers claim it')!)
})
afterAll(() => standing.segment.remove())

/** Processes of the client's namespace that l2doctor started: captures, senders, ssh. */
async function leftovers(): Promise<string[]> {
  const { stdout } = await standing.segment.exec('client', ['sh', '-c', 'ip netns pids "$(ip netns identify $$)"'])
  const names = stdout.split('\n').flatMap((pid) => (pid === '' ? [] : [commandOf(pid)]))
  return names.filter((name) => /-child|tcpdump|perl|python|ssh |diagnose/.test(name))
}

function commandOf(pid: string): string {
  const file = `/proc/${pid}/cmdline`
  return existsSync(file) ? readFileSync(file, 'utf8').replaceAll('\0', ' ') : ''
}

describeLab('diagnose, interrupted', () => {
  it.each(['on eth0', 'node-a: read', '[3/3]'])('prints what is known so far: Ctrl-C after "%s"', async (words) => {
    const child = standing.start('diagnose', '--vip', VIP, '--json', ...PACE)
    const out = text(child.stdout!)
    const ended = once(child, 'exit')
    await new Said(child, [child.stderr!]).wait(words)
    await sleep(700)
    child.kill('SIGINT')
    const [code] = await ended
    const report = reportSchema.parse(JSON.parse(await out))
    expect(report.run.interrupted).toBe(true)
    expect([0, 1, 3]).toContain(code)
    expect(report.findings.map(({ rule }) => rule)).toContain('metallb/split-status')
    expect(await leftovers()).toEqual([])
  })

  it('leaves no child and no half-written file when it is killed', async () => {
    const folder = standing.segment.directory('client')
    const before = readdirSync(folder)
    const flags = ['--save', join(folder, 'case.bundle'), '--fix-script', join(folder, 'plan.sh')]
    const child = standing.start('diagnose', '--vip', VIP, '--json', ...PACE, ...flags)
    child.stdout!.resume()
    await new Said(child, [child.stderr!]).wait('[3/3]')
    child.kill('SIGKILL')
    await once(child, 'exit')
    for (let tries = 0; tries < 100 && (await leftovers()).length > 0; tries++) await sleep(50)
    expect(await leftovers()).toEqual([])
    expect(readdirSync(folder)).toEqual(before)
  })
})
