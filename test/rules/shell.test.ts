import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sysctlFix } from '../../src/rules/host-parts.js'
import { allRules } from '../../src/rules/registry.js'
import { each, inTurn, sh } from '../../src/rules/shell.js'
import { judgeFixture, listFixtures } from './fixtures.js'

/** The words of a command line as a shell hands them to a program. */
function wordsOf(line: string): string[] {
  const out = execFileSync('sh', ['-c', line.replace(/^words /, "printf '%s\\0' ")], { encoding: 'utf8' })
  return out.split('\0').slice(0, -1)
}

const anything = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(...'ab0-/.:=@ \t\n\'"`$(){}[]<>|&;*?!~#\\%^é') }),
)
const names = anything.map((text) => text.replaceAll('\0', ''))

describe('a command line', () => {
  it('hands every name to the program as it is, alone, beside text, and in lists', () => {
    fc.assert(
      fc.property(names, fc.array(names), (name, list) => {
        expect(wordsOf(sh`words dev ${name} a=${name}/b ${['-n', ...list]} end`)).toEqual([
          'dev',
          name,
          `a=${name}/b`,
          '-n',
          ...list,
          'end',
        ])
      }),
      { numRuns: 300 },
    )
  })

  it('leaves plain names without quotes', () => {
    const line = sh`ip address del ${'10.0.0.240'}/${32} dev ${'eth0.100'} label ${'br-lan@if3:1'}`
    expect(line).toBe('ip address del 10.0.0.240/32 dev eth0.100 label br-lan@if3:1')
    expect(inTurn([sh`a ${'b c'}`, sh`d`])).toBe("a 'b c' && d")
    expect(each([sh`a ${"it's"}`, sh`d`])).toBe("a 'it'\\''s'; d")
  })
})

describe('fixes', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'l2d-shell-'))
    chmodSync(folder, 0o777)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const CANARY = 'canary'
  /** What breaks out of no quotes, out of single and out of double ones, and out of a line. */
  const HOSTILE = [`;echo>${CANARY};`, `';echo>${CANARY};'`, `$(echo>${CANARY})`, `\necho>${CANARY}\n`]

  /** The value with one of its texts after the other made hostile. */
  function* poisoned(value: unknown): Generator<unknown> {
    if (typeof value === 'string') yield* HOSTILE.map((hostile) => value + hostile)
    if (typeof value !== 'object' || value === null) return
    for (const [key, item] of Object.entries(value)) {
      for (const bad of poisoned(item)) {
        yield Array.isArray(value) ? value.with(Number(key), bad) : { ...value, [key]: bad }
      }
    }
  }

  /** Nothing but the shell itself can run, and it may write nowhere but there. */
  function runsCanary(line: string): boolean {
    const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
    spawnSync('/bin/sh', ['-c', line], { cwd: folder, env: { PATH: '/nonexistent' }, ...nobody, timeout: 5000 })
    const ran = existsSync(join(folder, CANARY))
    if (ran) rmSync(join(folder, CANARY))
    return ran
  }

  it('of which the canary would tell', () => {
    const [plain, single, double, line] = HOSTILE
    const careless = [
      `ip link set dev eth0${plain} up`,
      `grep 'eth0${single}'`,
      `grep "eth0${double}"`,
      `# eth0${line}`,
    ]
    expect(careless.map(runsCanary)).toEqual([true, true, true, true])
  })

  const cases = listFixtures().filter(({ fires }) => fires)
  it.each(allRules.map((rule) => [rule.id, rule] as const))('of %s run nothing that a name holds', (id, rule) => {
    const findings = cases.filter((one) => one.rule === id).flatMap(({ path }) => judgeFixture([rule], path).findings)
    const fixes = findings.flatMap(({ data }) => [...poisoned(data)].flatMap((bad) => rule.fixes(bad as typeof data)))
    const lines = fixes.flatMap(({ steps, verify, undo }) => [...steps.flatMap(({ run }) => run ?? []), verify, undo])
    const suspects = [...new Set(lines.filter((line) => line.includes(CANARY)))]
    expect(suspects.filter(runsCanary)).toEqual([])
  })

  it('write the sysctl of an interface with a dot in its name with a slash, as sysctl wants it', () => {
    const change = { node: 'a', scopes: ['all', 'eth0.100'], name: 'arp_ignore', value: 1, was: 0, summary: '' }
    expect(sysctlFix(change)).toMatchObject({
      steps: [
        { run: 'sysctl -w net.ipv4.conf.all.arp_ignore=1 && sysctl -w net.ipv4.conf.eth0/100.arp_ignore=1' },
        { run: expect.stringContaining("'net.ipv4.conf.eth0/100.arp_ignore = 1'") },
      ],
      verify: 'sysctl net.ipv4.conf.all.arp_ignore net.ipv4.conf.eth0/100.arp_ignore',
    })
  })
})
