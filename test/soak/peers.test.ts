import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { scenarios, VIP } from '../../src/lab/scenarios.js'
import { buildSegment, type Segment } from '../../src/lab/segment.js'
import { installed } from '../bench/live.js'
import { describeLab } from '../lab/describe-lab.js'
import { CLI } from '../lab/ssh-hosts.js'

/** The rows of README's comparison: how many of the machines behind the VIP each tool finds. */
const ROWS = [
  { scenario: 'two-owners', row: 'two machines that both answer at once' },
  { scenario: 'proxy-arp', row: 'an owner, and a `proxy_arp` host that answers up to 0.8 s late' },
  { scenario: 'deaf', row: 'an owner that the switch sends no broadcasts' },
] as const

const TOOLS = [
  ['arping -D', ['arping', '-D', '-c', '3', '-I', 'eth0', VIP]],
  ['arping -b', ['arping', '-b', '-c', '3', '-I', 'eth0', VIP]],
  ['arp-scan', ['arp-scan', '-I', 'eth0', VIP]],
] as const
const missing = TOOLS.map(([, [program]]) => program).filter((program) => !installed(program))
if (missing.length > 0) console.warn(`SKIPPED the comparison with other tools: no ${missing.join(', ')}`)

describeLab("README's comparison", () => {
  describe.skipIf(missing.length > 0)('counts what each tool finds', () => {
    it.each(ROWS)(
      '$row',
      async ({ scenario, row }) => {
        const found = await findings(scenario)
        const line = readFileSync('README.md', 'utf8')
          .split('\n')
          .find((text) => text.startsWith(`| ${row} `))
        expect(line, 'the row of README.md').toBeDefined()
        const cells = line!.split('|').slice(2, 2 + found.length)
        // "1 or 2" where a late answer is a matter of luck
        expect(found.map((count, at) => (cells[at]!.includes(String(count)) ? null : count))).toEqual(
          found.map(() => null),
        )
      },
      60_000,
    )
  })
})

/** Machines found by each tool, l2doctor last. */
async function findings(name: string): Promise<number[]> {
  const { segment: spec, judge = [] } = scenarios.find((one) => one.name === name)!
  const segment = await buildSegment(spec)
  try {
    const counts: number[] = []
    for (const [, argv] of TOOLS) counts.push(await machines(segment, argv))
    const ours = [...CLI, 'scan', '--no-kube', '--vip', VIP, '--json', ...judge]
    const { stdout } = await segment.exec('client', ours)
    return [...counts, JSON.parse(stdout).addresses[0].claims.length]
  } finally {
    segment.remove()
  }
}

/** Hosts of the lab are 02:00:00:00:00:xx; the client is not one of them. */
async function machines(segment: Segment, argv: readonly string[]): Promise<number> {
  const { stdout } = await segment.exec('client', argv, { timeoutMs: 20_000 })
  return new Set(stdout.toLowerCase().match(/02:00:00:00:00:\w\w/g)).size
}
