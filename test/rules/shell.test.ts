import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { renderFixes } from '../../src/rules/changes/render.js'
import { sysctlFix } from '../../src/rules/host-parts.js'
import { allRules } from '../../src/rules/registry.js'
import { each, inTurn, part, sh } from '../../src/rules/shell.js'
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
        const words = wordsOf(sh`words dev ${name} a=${name}/b ${list} end`)
        const guarded = list.findIndex((item) => item.startsWith('-'))
        const before = guarded < 0 ? list : list.toSpliced(guarded, 0, '--')
        expect(words).toEqual(['dev', name, `a=${name}/b`, ...before, 'end'])
      }),
      { numRuns: 300 },
    )
  })

  it('has a program take no name for an option', () => {
    expect(sh`kubectl get node ${'--all'} -o wide`).toBe('kubectl get node -- --all -o wide')
    expect(sh`kubectl delete pod ${['a', '-A', '--all']}`).toBe('kubectl delete pod a -- -A --all')
    expect(sh`kubectl ${part`-n ${'-x'} ${'--all'}`} | grep ${'-v'}`).toBe('kubectl -n -x -- --all | grep -- -v')
    expect(sh`echo ${"a ; -- it's"} ${'-n'}`).toBe(`echo 'a ; -- it'\\''s' -- -n`)
  })

  it('leaves a name where a keyword says that it is one', () => {
    expect(sh`ip link set dev ${'-x'} up`).toBe('ip link set dev -x up')
    expect(sh`ip link add name ${'-x'} type dummy`).toBe('ip link add name -x type dummy')
  })

  it('leaves plain names without quotes', () => {
    const line = sh`ip address del ${'10.0.0.240'}/${32} dev ${'eth0.100'} label ${'br-lan@if3:1'}`
    expect(line).toBe('ip address del 10.0.0.240/32 dev eth0.100 label br-lan@if3:1')
    expect(inTurn([sh`a ${'b c'}`, sh`d`])).toBe("a 'b c' && d")
    expect(each([sh`a ${"it's"}`, sh`d`])).toBe("a 'it'\\''s'; d")
  })
})

describe('fixes', () => {
  it('guard no option of our own: none of these names looks like one', () => {
    const findings = listFixtures().flatMap(({ path }) => judgeFixture(allRules, path).findings)
    const lines = findings.flatMap(({ fixes }) =>
      fixes.flatMap(({ steps, verify, undo }) => [...steps.flatMap(({ run }) => run ?? []), verify, undo]),
    )
    expect(lines.filter((line) => / -- +-/.test(line))).toEqual([])
  })

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

  const SWITCH = '--all'
  /** What takes the word behind it for a name, or for its own value. */
  const KEYWORDS = ['dev', 'to', 'from', 'via', 'table', 'vid', 'master', '-n', '-e', '-p', '-l', '--set', '--vip']

  /** The value with one of its texts after the other, or one part of an object's key, being an option. */
  function* optional(value: unknown): Generator<unknown> {
    if (typeof value === 'string') {
      const parts = value.split('/')
      yield* parts.map((_, at) => parts.with(at, SWITCH).join('/'))
    }
    if (typeof value !== 'object' || value === null) return
    for (const [key, item] of Object.entries(value)) {
      for (const bad of optional(item)) {
        yield Array.isArray(value) ? value.with(Number(key), bad) : { ...value, [key]: bad }
      }
    }
  }

  /** What programs are given: each is replaced by one (a fake) that writes its arguments down. */
  function argumentsIn(line: string): string[][] {
    const bin = join(folder, 'bin')
    const names = line.match(/[a-z][a-z0-9-]+/g) ?? []
    mkdirSync(bin, { recursive: true })
    const [fake, log] = [join(bin, 'fake-program'), join(folder, 'arguments')]
    writeFileSync(fake, '#!/bin/sh\nprintf "%s\\036" "$@" >> "$LOG"; printf "\\035" >> "$LOG"\n', { mode: 0o755 })
    for (const name of names) if (!existsSync(join(bin, name))) symlinkSync(fake, join(bin, name))
    writeFileSync(log, '', { mode: 0o666 })
    chmodSync(log, 0o666)
    const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
    spawnSync('/bin/sh', ['-c', line], { cwd: folder, env: { PATH: bin, LOG: log }, ...nobody, timeout: 5000 })
    const calls = readFileSync(log, 'utf8').split('\x1d').slice(0, -1)
    return calls.map((call) => call.split('\x1e').slice(0, -1))
  }

  function takesForOption(words: readonly string[]): boolean {
    return words.some(
      (word, at) => word === SWITCH && !words.slice(0, at).includes('--') && !KEYWORDS.includes(words[at - 1] ?? ''),
    )
  }

  it('of which one would be an option', () => {
    const careless = [`kubectl get node ${SWITCH}`, `ip link set dev eth0 up; kubectl delete pod -n a '${SWITCH}'`]
    expect(careless.map((line) => argumentsIn(line).some(takesForOption))).toEqual([true, true])
    expect(argumentsIn(`kubectl get node -- ${SWITCH}`).some(takesForOption)).toBe(false)
  })

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
    const fixes = findings.flatMap(({ data }) =>
      [...poisoned(data)].flatMap((bad) => renderFixes(rule.fixes(bad as typeof data), [])),
    )
    const lines = fixes.flatMap(({ steps, verify, undo }) => [...steps.flatMap(({ run }) => run ?? []), verify, undo])
    const suspects = [...new Set(lines.filter((line) => line.includes(CANARY)))]
    expect(suspects.filter(runsCanary)).toEqual([])
  })

  it.each(allRules.map((rule) => [rule.id, rule] as const))('of %s hand no name over as an option', (id, rule) => {
    const findings = cases.filter((one) => one.rule === id).flatMap(({ path }) => judgeFixture([rule], path).findings)
    const fixes = findings.flatMap(({ data }) =>
      [...optional(data)].flatMap((bad) => renderFixes(rule.fixes(bad as typeof data), [])),
    )
    const lines = fixes.flatMap(({ steps, verify, undo }) => [...steps.flatMap(({ run }) => run ?? []), verify, undo])
    const suspects = [...new Set(lines.filter((line) => / ['"]?--all/.test(line)))]
    expect(suspects.filter((line) => argumentsIn(line).some(takesForOption))).toEqual([])
  })

  it('write the sysctl of an interface with a dot in its name with a slash, as sysctl wants it', () => {
    const change = { node: 'a', scopes: ['all', 'eth0.100'], name: 'arp_ignore', value: 1, summary: '' }
    expect(renderFixes([sysctlFix(change)], [])).toMatchObject([
      {
        steps: [
          { run: 'sysctl -w net.ipv4.conf.all.arp_ignore=1' },
          { run: 'sysctl -w net.ipv4.conf.eth0/100.arp_ignore=1' },
          { run: expect.stringContaining("'net.ipv4.conf.eth0/100.arp_ignore = 1'") },
        ],
        verify: 'sysctl net.ipv4.conf.all.arp_ignore && sysctl net.ipv4.conf.eth0/100.arp_ignore',
      },
    ])
  })
})
